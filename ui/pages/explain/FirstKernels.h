// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>

#include "bridge/CheckpointAsker.h"
#include "bridge/Session.h"

namespace sightline::ui {

/// The kernels of the first convolution, of the checkpoint that is looked at. What nobody sees is not read.
class FirstKernels : public QObject {
    Q_OBJECT
public:
    /// `areSeen`: whether somebody looks at them now.
    FirstKernels(Session& session, std::function<bool()> areSeen);

    const std::optional<Kernels>& kernels() const { return m_kernels; } ///< none: not read
    const QString& problem() const { return m_problem; }                ///< why they could not be read
    void ensure(); ///< reads them where they are seen, and nobody has tried yet
    void forget(); ///< emits nothing

Q_SIGNALS:
    void changed(); ///< read, refused, or of a checkpoint that is not looked at any more

private:
    void read();
    void leave();
    void follow();

    Session& m_session;
    std::function<bool()> m_areSeen;
    std::optional<Kernels> m_kernels;
    QString m_problem;
    CheckpointAsker m_asker; ///< last: joined first
};

} // namespace sightline::ui
