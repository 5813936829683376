package dev.tocsin.incident.stream;

import dev.tocsin.incident.engine.Clip;
import dev.tocsin.incident.engine.check.Reports;
import dev.tocsin.incident.wire.Wire;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import dev.tocsin.schemas.UserReport;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/// Hands each report on to the [UserReportDesk] that counts those of its service.
public final class ReportSource implements Announcer.Source<UserReport> {
    static final String REPORTER = "reporter";
    static final String USERS = "users";
    static final String FROM = "from-ms";
    static final String UNTIL = "until-ms";

    /// Characters of a reporter's id.
    private static final int REPORTER_LENGTH = 64;

    @Override
    public Signal signal(String service, @Nullable UserReport report, Instant now) {
        if (report == null || !report.getService().equals(service)) {
            throw new SerializationException("a report needs its service as key");
        }
        if (report.getReporter().isBlank()) {
            throw new SerializationException("a report needs what tells its reporter apart");
        }
        var reporter = Clip.to(REPORTER_LENGTH, report.getReporter());
        return Wire.signal(
                        "report/" + service + "/" + reporter + "/" + now.toEpochMilli(),
                        SignalKind.USER_REPORT,
                        service,
                        true,
                        now)
                .setAttributes(Map.of(REPORTER, reporter))
                .build();
    }

    /// What the checks of a service are told.
    ///
    /// @throws SerializationException when the signal lacks what it must have
    static Reports reports(Signal signal) {
        var users = signal.getAttributes().get(USERS);
        var until = signal.getAttributes().get(UNTIL);
        if (users == null || until == null) {
            throw new SerializationException("a USER_REPORTS signal without its count");
        }
        return new Reports(Integer.parseInt(users), Instant.ofEpochMilli(Long.parseLong(until)));
    }
}
