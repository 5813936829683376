package dev.tocsin.schemas;

import org.apache.avro.util.ClassSecurityValidator;

/// Since 1.12.1 Avro makes instances only of classes that the process has named as trusted. This names the records of
/// this package, in addition to what was trusted already.
public final class TrustedRecords {
    private static final String PACKAGE = TrustedRecords.class.getPackageName();

    private TrustedRecords() {}

    /// Harmless to call again.
    public static void trust() {
        var already = ClassSecurityValidator.getGlobal();
        if (!already.isTrusted(TrustedRecords.class)) {
            ClassSecurityValidator.setGlobal(
                    type -> type.getPackageName().equals(PACKAGE) || already.isTrusted(type));
        }
    }
}
