package dev.tocsin.notifier.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.notifier.mailbox.Message;
import dev.tocsin.notifier.mailbox.Sending;
import dev.tocsin.notifier.mailbox.Sending.Carried;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Histories that nobody thought of, judged by what people heard. `-Dtocsin.worlds=100000` for more of them, `-Dtocsin.world=7` to begin with that.
class WorldTest {
    private static final int WORLDS = Integer.getInteger("tocsin.worlds", 200);
    private static final int FIRST = Integer.getInteger("tocsin.world", 0);

    /// In so many at most each fault is to be seen.
    private static final int ENOUGH = 60;

    /// What broke; null when nothing did.
    private static @Nullable String live(int seed, World.Troubles troubles, Fault fault) {
        try {
            var random = new Random(seed);
            var span =
                    random.nextInt(4) == 0
                            ? Duration.ofHours(40)
                            : random.nextBoolean() ? Duration.ofHours(4) : Duration.ofMinutes(40);
            var story = new Story(random, span);
            var script = new World.Script(Story.START, span, story.fed, Story::hasOthers);
            new World(random, script, troubles, fault).run();
            return null;
        } catch (BrokenPromise e) {
            return "world " + seed + ": " + e.getMessage();
        }
    }

    @Test
    void peopleAreToldNothingFalseAndNothingTwice() {
        for (int seed = FIRST; seed < FIRST + WORLDS; seed++) {
            assertThat(live(seed, World.Troubles.FEW, Fault.NONE)).isNull();
        }
    }

    /// Targets away for a day, `notify:` that changes on one instance after the other, notifiers that go on after another took over.
    @Test
    void norWhenWhoTellsThemChangesAndDoubles() {
        for (int seed = FIRST; seed < FIRST + WORLDS; seed++) {
            assertThat(live(seed, World.Troubles.ALL, Fault.NONE)).isNull();
        }
    }

    /// Whichever other promises it breaks, too.
    private static void isCaught(Fault fault, String promise) {
        isCaught(fault, World.Troubles.FEW, promise);
    }

    private static void isCaught(Fault fault, World.Troubles troubles, String promise) {
        for (int seed = 0; seed < ENOUGH; seed++) {
            var broken = live(seed, troubles, fault);
            if (broken != null && broken.lines().findFirst().orElseThrow().contains(promise)) {
                return;
            }
        }
        throw new AssertionError("not caught: " + promise);
    }

    @Test
    void aCloseThatIsDroppedIsCaught() {
        isCaught(
                new Fault() {
                    @Override
                    public boolean loses(IncidentEvent event) {
                        return event.getIncidentId().equals("i3")
                                && event.getType() == IncidentEventType.CLOSED;
                    }
                },
                "last word is false");
    }

    @Test
    void anOrderThatIsSwappedIsCaught() {
        isCaught(
                new Fault() {
                    private final Map<String, Sending> held = new HashMap<>();

                    @Override
                    public List<Sending> says(Sending sending) {
                        if (!(sending.message() instanceof Message.One one)) {
                            return List.of(sending);
                        }
                        var before = held.remove(one.event().getIncidentId());
                        if (before == null && one.what().begins()) {
                            held.put(one.event().getIncidentId(), sending);
                            return List.of();
                        }
                        return before == null ? List.of(sending) : List.of(sending, before);
                    }
                },
                "order per conversation");
    }

    @Test
    void aDigestThatLosesOneIsCaught() {
        isCaught(
                new Fault() {
                    @Override
                    public List<Sending> says(Sending sending) {
                        var carried = sending.carried();
                        return sending.message() instanceof Message.One
                                ? List.of(sending)
                                : List.of(
                                        new Sending(
                                                sending.message(),
                                                sending.attempt(),
                                                carried.subList(1, carried.size())));
                    }
                },
                "nobody's last word is false for longer than the bound");
    }

    @Test
    void anIdThatChangesBetweenTriesIsCaught() {
        isCaught(
                new Fault() {
                    @Override
                    public Sending hands(Sending sending) {
                        return sending.message() instanceof Message.One one
                                ? new Sending(
                                        new Message.One(
                                                one.id() + "/" + sending.attempt(),
                                                one.what(),
                                                one.event(),
                                                one.before(),
                                                one.reason(),
                                                one.notes(),
                                                one.parts()),
                                        sending.attempt(),
                                        sending.carried())
                                : sending;
                    }
                },
                "the same message tried again has the same id");
    }

    @Test
    void aNotifierThatSendsWhatAnotherHasTakenOverIsCaught() {
        isCaught(
                new Fault() {
                    @Override
                    public boolean sendsStale() {
                        return true;
                    }
                },
                World.Troubles.ALL,
                "what is sent is the newest that is known");
    }

    @Test
    void notesThatAreLostAreCaught() {
        isCaught(
                new Fault() {
                    @Override
                    public List<Sending> says(Sending sending) {
                        var without = new ArrayList<Carried>();
                        for (var one : sending.carried()) {
                            without.add(
                                    new Carried(
                                            one.conversation(),
                                            one.eventId(),
                                            one.seq(),
                                            one.said(),
                                            List.of()));
                        }
                        return List.of(new Sending(sending.message(), sending.attempt(), without));
                    }
                },
                "notes are told");
    }

    @Test
    void whatIsToldTwiceIsCaught() {
        isCaught(
                new Fault() {
                    @Override
                    public List<Sending> says(Sending sending) {
                        return sending.message() instanceof Message.One one
                                ? List.of(
                                        sending,
                                        new Sending(
                                                new Message.One(
                                                        one.id() + "/again",
                                                        one.what(),
                                                        one.event(),
                                                        one.before(),
                                                        one.reason(),
                                                        one.notes(),
                                                        one.parts()),
                                                1,
                                                sending.carried()))
                                : List.of(sending);
                    }
                },
                "told twice");
    }
}
