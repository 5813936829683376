package dev.tocsin.incident.stream;

import dev.tocsin.incident.engine.check.Reports;
import dev.tocsin.incident.engine.report.UserReports;
import dev.tocsin.incident.wire.StateCodec;
import dev.tocsin.incident.wire.Wire;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import dev.tocsin.schemas.UserReport;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Counts the users who report a service, and tells its checks when they are enough (rule 10).
public final class ReportSource implements Announcer.Source<UserReport> {
    public static final String STORE = "user-reports";
    private static final String USERS = "users";
    private static final String UNTIL = "until-ms";

    private @Nullable KeyValueStore<String, byte[]> store;

    @Override
    public void start(ProcessorContext<String, byte[]> task) {
        store = task.getStateStore(STORE);
    }

    @Override
    public @Nullable Signal signal(String service, @Nullable UserReport report, Instant now) {
        if (report == null || !report.getService().equals(service)) {
            throw new SerializationException("a report needs its service as key");
        }
        if (report.getReporter().isBlank()) {
            throw new SerializationException("a report needs what tells its reporter apart");
        }
        var reports = Objects.requireNonNull(store);
        var change =
                StateCodec.decode(reports.get(service), UserReports.class, UserReports.NONE)
                        .add(report.getReporter(), now);
        reports.put(service, StateCodec.encode(change.next()));
        var tell = change.tell();
        if (tell == null) {
            return null;
        }
        return Wire.signal(
                        "reports/" + service + "/" + now.toEpochMilli(),
                        SignalKind.USER_REPORTS,
                        service,
                        true,
                        now)
                .setAttributes(
                        Map.of(
                                USERS,
                                Integer.toString(tell.users()),
                                UNTIL,
                                Long.toString(tell.until().toEpochMilli())))
                .build();
    }

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
