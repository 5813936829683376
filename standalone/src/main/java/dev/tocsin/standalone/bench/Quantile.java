package dev.tocsin.standalone.bench;

import java.util.List;

public final class Quantile {
    private Quantile() {}

    /// @param sorted not empty
    /// @param q from 0 to 1
    public static <T> T of(List<T> sorted, double q) {
        return sorted.get(Math.min(sorted.size() - 1, (int) (q * sorted.size())));
    }
}
