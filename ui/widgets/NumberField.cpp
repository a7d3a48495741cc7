// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/NumberField.h"

namespace sightline::ui {

NumberField::NumberField(QWidget* parent) : QDoubleSpinBox(parent) {
    setDecimals(10);
    setRange(-1e38, 1e38);
    setStepType(QAbstractSpinBox::AdaptiveDecimalStepType);
    setKeyboardTracking(false);
}

QString NumberField::textFromValue(double value) const {
    return QString::number(value, 'g', 8);
}

double NumberField::valueFromText(const QString& text) const {
    QString plain = text;
    plain.replace(QLatin1Char(','), QLatin1Char('.'));
    return plain.toDouble();
}

QValidator::State NumberField::validate(QString& text, int&) const {
    QString plain = text;
    plain.replace(QLatin1Char(','), QLatin1Char('.'));
    bool read = false;
    const double value = plain.toDouble(&read);
    if (read)
        return value >= minimum() && value <= maximum() ? QValidator::Acceptable : QValidator::Intermediate;
    for (const QChar character : plain)
        if (!character.isDigit() && !QStringLiteral("+-.eE").contains(character))
            return QValidator::Invalid;
    return QValidator::Intermediate;
}

} // namespace sightline::ui
