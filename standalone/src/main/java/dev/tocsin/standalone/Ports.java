package dev.tocsin.standalone;

/// Where the embedded parts listen: the defaults of DESIGN section 9, or a row from a base on.
public record Ports(int kafka, int registry, int admin, int page) {
    static final Ports DEFAULT = new Ports(9092, 8081, 9100, 8080);

    /// Kafka takes two ports from `base` on, the registry two from `base + 2`, the rest follows.
    public static Ports from(int base) {
        return base == 0 ? DEFAULT : new Ports(base, base + 2, base + 4, base + 5);
    }
}
