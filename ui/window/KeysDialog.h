// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

namespace sightline::ui {

/// The list of keys. Not modal: it can stay open beside the work.
class KeysDialog : public QDialog {
    Q_OBJECT
public:
    explicit KeysDialog(QWidget* parent);
};

} // namespace sightline::ui
