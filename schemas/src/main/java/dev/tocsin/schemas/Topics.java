package dev.tocsin.schemas;

import dev.tocsin.schemas.Topic.Cleanup;
import java.time.Duration;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/// The whole wire on one screen. Keys are strings (UTF-8); DESIGN section 4 says who writes and who reads. Every topic is stamped by the
/// broker ([TopicSettings]).
public final class Topics {
    /// The most that a record may take of what agents and people write: nobody's long text stops those who read it.
    private static final int WRITTEN = 65_536;

    /// Of what services write themselves, which bound each record, and put many into one batch.
    private static final int DEFAULT = 0;

    /// Key: check id.
    public static final Topic<CheckDefinition> CHECKS =
            compacted("checks", CheckDefinition.class, true, WRITTEN);

    /// Key: `service:`, `group:` or `region:` and its id.
    public static final Topic<CatalogEntry> CATALOG =
            compacted("catalog", CatalogEntry.class, false, WRITTEN);

    /// Key: check id; ticks have neither key nor value.
    public static final Topic<CheckResult> CHECK_RESULTS =
            new Topic<>(
                    "check-results",
                    CheckResult.class,
                    true,
                    Cleanup.DELETE,
                    Duration.ofDays(7),
                    WRITTEN);

    /// Key: check, region, agent, boot and hour.
    public static final Topic<CheckHour> CHECK_HOURS =
            new Topic<>(
                    "check-hours",
                    CheckHour.class,
                    false,
                    Cleanup.COMPACT_AND_DELETE,
                    Duration.ofDays(400),
                    WRITTEN);

    /// Key: agent id. Who is alive is no matter of an agent's clock.
    public static final Topic<AgentStatus> AGENTS =
            new Topic<>(
                    "agents",
                    AgentStatus.class,
                    false,
                    Cleanup.COMPACT_AND_DELETE,
                    Duration.ofDays(7),
                    WRITTEN);

    /// Without a key one copy goes to every partition; with one, to the one that decides: on `group:` and an
    /// id, on `pipeline:`, on `depends-on:`, or on a check id.
    public static final Topic<Signal> SIGNALS =
            new Topic<>("signals", Signal.class, true, Cleanup.DELETE, Duration.ofDays(7), DEFAULT);

    /// Key: check id, or `service:`, `outage:`, `region:`, `pipeline:` and an id.
    public static final Topic<IncidentEvent> INCIDENTS =
            new Topic<>(
                    "incidents",
                    IncidentEvent.class,
                    false,
                    Cleanup.DELETE,
                    Duration.ofDays(365),
                    DEFAULT);

    /// Key: incident id.
    public static final Topic<IncidentEvent> INCIDENT_STATE =
            compacted("incident-state", IncidentEvent.class, false, DEFAULT);

    /// Key: as `incidents`.
    public static final Topic<Command> INCIDENT_COMMANDS =
            new Topic<>(
                    "incident-commands",
                    Command.class,
                    true,
                    Cleanup.DELETE,
                    Duration.ofDays(30),
                    WRITTEN);

    /// Key: window id.
    public static final Topic<MaintenanceWindow> MAINTENANCE =
            compacted("maintenance", MaintenanceWindow.class, false, WRITTEN);

    /// Key: service id.
    public static final Topic<UserReport> USER_REPORTS =
            new Topic<>(
                    "user-reports",
                    UserReport.class,
                    false,
                    Cleanup.DELETE,
                    Duration.ofDays(30),
                    WRITTEN);

    /// Key: target id.
    public static final Topic<Delivery> DELIVERIES =
            new Topic<>(
                    "deliveries",
                    Delivery.class,
                    false,
                    Cleanup.DELETE,
                    Duration.ofDays(7),
                    DEFAULT);

    /// Key: target id.
    public static final Topic<DeliveryAttempt> DELIVERY_ATTEMPTS =
            new Topic<>(
                    "delivery-attempts",
                    DeliveryAttempt.class,
                    false,
                    Cleanup.DELETE,
                    Duration.ofDays(30),
                    DEFAULT);

    /// Key: region.
    public static final Topic<Canary> CANARY =
            new Topic<>("canary", Canary.class, false, Cleanup.DELETE, Duration.ofDays(1), WRITTEN);

    public static final List<Topic<?>> ALL =
            List.of(
                    CHECKS,
                    CATALOG,
                    CHECK_RESULTS,
                    CHECK_HOURS,
                    AGENTS,
                    SIGNALS,
                    INCIDENTS,
                    INCIDENT_STATE,
                    INCIDENT_COMMANDS,
                    MAINTENANCE,
                    USER_REPORTS,
                    DELIVERIES,
                    DELIVERY_ATTEMPTS,
                    CANARY);

    /// Topics whose unreadable records a service sets aside in `<topic>-dlq`.
    public static final List<Topic<?>> WITH_DEAD_LETTERS =
            List.of(
                    CHECKS,
                    CHECK_RESULTS,
                    AGENTS,
                    SIGNALS,
                    INCIDENT_COMMANDS,
                    MAINTENANCE,
                    USER_REPORTS,
                    INCIDENTS,
                    DELIVERIES);

    /// The header that marks a record of [#CHECK_RESULTS] as a tick: time passing, not a result.
    public static final String KIND_HEADER = "t";

    public static final String TICK = "tick";

    /// A tick after which every no-data countdown starts afresh.
    public static final String RESUMED = "resumed";

    private Topics() {}

    private static <V extends SpecificRecord> Topic<V> compacted(
            String name, Class<V> type, boolean lanes, int maxBytes) {
        return new Topic<>(name, type, lanes, Cleanup.COMPACT, Duration.ZERO, maxBytes);
    }
}
