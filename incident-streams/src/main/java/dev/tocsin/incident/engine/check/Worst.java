package dev.tocsin.incident.engine.check;

import dev.tocsin.incident.engine.Kind;
import dev.tocsin.incident.engine.Severity;

/// The worst that an incident ever was: what it shrank to before its end is not what people will call it by.
public record Worst(Kind kind, Severity severity, boolean everywhere) {
    Worst and(Kind other, Severity also, boolean all) {
        return new Worst(
                other.compareTo(kind) > 0 ? other : kind,
                also.compareTo(severity) > 0 ? also : severity,
                everywhere || all);
    }
}
