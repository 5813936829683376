package dev.tocsin.it.guarantee;

import java.util.List;

/// A promise of the notifier.
interface Guarantee {
    /// What breaks it, a line each; empty when it holds.
    List<String> broken(History history);
}
