package dev.tocsin.standalone.demo;

import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.RegionVerdict;
import dev.tocsin.standalone.topic.IncidentFeed;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What the demo expected and what came of it.
final class DemoSummary {
    private final Told told;
    private final PageCheck page;
    private final List<String> trouble = new ArrayList<>();

    DemoSummary(Told told, PageCheck page) {
        this.told = told;
        this.page = page;
    }

    /// Prints a block for each incident; false when something is missing or was not expected.
    boolean print() {
        System.out.println();
        System.out.println("summary");
        told.incidents().values().forEach(this::incident);
        outages();
        expect(told.nth("mail-read-old", 1).isPresent(), "mail-read-old: no incident");
        expect(told.nth("mail-submit", 1).isEmpty(), "mail-submit was never down");
        expect(told.nth("mail-read-new", 1).isEmpty(), "mail-read-new was never down");
        expect(page.named(), "the status page did not name the outage");
        told.receiver()
                .refused()
                .forEach(id -> trouble.add("webhook " + id + " had a wrong signature"));
        int hooks = told.receiver().received().size();
        System.out.printf(
                "  status page at the height: %s%n  %d webhooks received, %d signatures verified, %d refused; %d mails received in %d threads%n",
                page.words(),
                hooks + told.receiver().refused().size(),
                hooks,
                told.receiver().refused().size(),
                told.sink().mails().size(),
                told.sink().mails().stream().map(MailSink.Mail::thread).distinct().count());
        System.out.println(
                trouble.isEmpty()
                        ? "  all as expected"
                        : "  NOT as expected: " + String.join("; ", trouble));
        return trouble.isEmpty();
    }

    private void incident(List<IncidentEvent> events) {
        var first = events.getFirst();
        var last = events.getLast();
        var failing = new HashSet<String>();
        events.forEach(event -> failing.addAll(IncidentFeed.failing(event)));
        var id = first.getIncidentId();
        var opened = told.webhookAt(id, "OPENED");
        var closed = told.webhookAt(id, "CLOSED");
        System.out.printf(
                "  %-14s %-8s %s failed in %s, fine in %s%s%n                 since %s, opened %s, told %s, closed %s, told %s%n",
                first.getKey(),
                last.getScope(),
                last.getServices().isEmpty() ? last.getName() : last.getServices(),
                failing.stream().sorted().toList(),
                fine(events, failing),
                first.getRecurrence().getIn30Days() > 1
                        ? ", number " + first.getRecurrence().getIn30Days() + " in 30 days"
                        : "",
                time(first.getStartedAt()),
                time(first.getOpenedAt()),
                opened.map(DemoSummary::time).orElse("as part of the outage"),
                last.getClosedAt() == null ? "-" : time(last.getClosedAt()),
                closed.map(DemoSummary::time).orElse("as part of the outage"));
        expect(last.getType() == IncidentEventType.CLOSED, first.getKey() + " was not closed");
        for (int i = 0; i < events.size(); i++) {
            expect(
                    events.get(i).getSeq() == i + 1,
                    first.getKey() + ": sequence is broken at " + events.get(i).getSeq());
        }
        boolean outage = first.getCheckId() == null;
        if (outage || opened.isPresent()) {
            for (var type : List.of("OPENED", "CLOSED")) {
                expect(
                        told.webhookAt(id, type).isPresent(),
                        first.getKey() + ": no webhook for " + type);
                expect(told.mailed(id, type), first.getKey() + ": no mail for " + type);
            }
        } else {
            expect(
                    last.getOutageId() != null,
                    first.getKey() + " was told neither itself nor as part of an outage");
        }
    }

    private void outages() {
        var outages =
                told.incidents().values().stream()
                        .filter(events -> events.getFirst().getKey().equals("outage:all"))
                        .toList();
        if (outages.size() != 2) {
            trouble.add(outages.size() + " outages instead of 2");
            return;
        }
        var first = outages.getFirst().getLast();
        expect(
                Set.copyOf(first.getServices()).equals(Set.copyOf(Estate.SERVICES)),
                "the first outage was of " + first.getServices());
        expect(
                outages.getFirst().stream()
                        .allMatch(event -> !IncidentFeed.failing(event).contains("eu-west")),
                "eu-west was said to fail");
        var second = outages.getLast().getFirst();
        expect(
                second.getRecurrence().getIn30Days() == 2,
                "the second outage was not shown as the second one");
        expect(
                first.getIncidentId().equals(second.getPreviousIncidentId()),
                "the second outage does not name the first");
    }

    private static List<String> fine(List<IncidentEvent> events, Set<String> failing) {
        return events.stream()
                .flatMap(event -> event.getRegions().stream())
                .filter(region -> region.getVerdict() == RegionVerdict.PASSING)
                .map(region -> region.getRegion())
                .filter(region -> !failing.contains(region))
                .distinct()
                .sorted()
                .toList();
    }

    private static String time(java.time.Instant at) {
        return at.truncatedTo(ChronoUnit.MILLIS).toString().substring(11);
    }

    private void expect(boolean fine, String otherwise) {
        if (!fine) {
            trouble.add(otherwise);
        }
    }
}
