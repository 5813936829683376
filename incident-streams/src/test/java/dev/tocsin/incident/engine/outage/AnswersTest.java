package dev.tocsin.incident.engine.outage;

import static dev.tocsin.incident.engine.outage.Children.fails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.Kind;
import dev.tocsin.incident.engine.Severity;
import java.util.ArrayList;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Rule 8: each opening is answered once, by the outage that it is part of, or by that it is alone for now.
class AnswersTest {
    private final Hall hall = new Hall();

    @Test
    void rule8WhoIsAloneIsToldSoOnceHoweverOftenItIsHeardOf() {
        hall.hear(10, fails("mail", 10));
        assertThat(hall.alone).containsExactly("mail");
        hall.hear(11, fails("mail", 10));
        hall.hear(12, fails("mail", 10).severity(Severity.CRITICAL));
        hall.hear(13, fails("mail", 10).in("eu", Standing.FAILING)).tick(20);
        hall.hear(30, fails("mail", 10).flaps().passes());
        hall.hear(40, fails("mail", 10).closes(35));
        assertThat(hall.alone).containsExactly("mail");
        assertThat(hall.joined).isEmpty();
    }

    @Test
    void rule8WhoReopensIsAnsweredAgain() {
        hall.hear(10, fails("mail", 10)).hear(40, fails("mail", 10).closes(35));
        hall.hear(60, fails("mail", 60));
        assertThat(hall.alone).containsExactly("mail", "mail");
    }

    @Test
    void rule8WhoJoinsIsNotTold() {
        hall.hear(10, fails("mail", 10)).hear(20, fails("store", 20)).hear(30, fails("calls", 30));
        assertThat(hall.alone).containsExactly("mail");
        assertThat(hall.joined).containsExactly("mail", "store", "calls");
    }

    @Test
    void rule8WhoReopensWithinAnOutageThatLastsIsAnsweredByIt() {
        hall.hear(10, fails("mail", 10)).hear(20, fails("store", 20));
        hall.hear(30, fails("mail", 10).closes(25)).hear(40, fails("mail", 40));
        assertThat(hall.joined).containsExactly("mail", "store", "mail");
        assertThat(hall.alone).containsExactly("mail");
    }

    @Test
    void rule8SilenceIsAnsweredThoughItOpensAndJoinsNone() {
        hall.hear(10, fails("chat", 10).kind(Kind.NO_DATA));
        assertThat(hall.alone).containsExactly("chat");
        hall.hear(20, fails("mail", 20)).hear(21, fails("store", 21));
        hall.hear(30, fails("disk", 30).kind(Kind.NO_DATA));
        assertThat(hall.alone).containsExactly("chat", "mail", "disk");
        hall.hear(40, fails("disk", 30));
        assertThat(hall.joined).containsExactly("mail", "store", "disk");
        assertThat(hall.alone).containsExactly("chat", "mail", "disk");
    }

    @Test
    void rule8WhatFailsNowhereAnyMoreIsAnswered() {
        hall.hear(10, fails("mail", 10)).hear(11, fails("store", 11));
        hall.hear(20, fails("chat", 20).flaps().passes());
        hall.hear(21, fails("disk", 20).passes());
        assertThat(hall.alone).containsExactly("mail", "chat", "disk");
    }

    @Test
    void rule8WhatIsHiddenAsItOpensIsAnsweredWhenItIsNoLonger() {
        hall.hear(10, fails("mail", 10).suppressed(true));
        hall.hear(11, fails("store", 11).suppressed(true));
        hall.hear(12, fails("chat", 12).suppressed(true));
        hall.hear(13, fails("store", 11).suppressed(true).severity(Severity.CRITICAL));
        assertThat(hall.alone).isEmpty();
        hall.hear(20, fails("mail", 10));
        assertThat(hall.alone).containsExactly("mail");
        assertThat(hall.joined).isEmpty();
        hall.hear(21, fails("store", 11)).hear(22, fails("chat", 12));
        assertThat(hall.alone).containsExactly("mail");
        assertThat(hall.joined).containsExactly("mail", "store", "chat");
    }

    @Test
    void rule8WhatIsHiddenLaterWasAnswered() {
        hall.hear(10, fails("mail", 10)).hear(20, fails("mail", 10).suppressed(true));
        hall.hear(30, fails("mail", 10));
        assertThat(hall.alone).containsExactly("mail");
        hall.hear(40, fails("mail", 10).closes(35));
        hall.hear(50, fails("mail", 50).suppressed(true)).hear(60, fails("mail", 50));
        assertThat(hall.alone).containsExactly("mail", "mail");
    }

    @Test
    void rule8WhatClosesBeforeItWasToldToAnybodyIsNotAnswered() {
        hall.hear(10, fails("mail", 10).suppressed(true)).hear(20, fails("mail", 10).closes(15));
        assertThat(hall.alone).isEmpty();
        assertThat(hall.members).isEmpty();
    }

    @Test
    void rule8WhatWasStoredBeforeThereWereAnswersIsAskedForAtMostOnceMore() {
        hall.hear(10, fails("mail", 10)).hear(11, fails("store", 11));
        hall.members.replaceAll((_, member) -> unanswered(member));
        hall.hear(20, fails("mail", 10).severity(Severity.CRITICAL));
        assertThat(hall.alone).containsExactly("mail"); // that of before: it is part of the outage
        var alone = new Hall();
        alone.hear(10, fails("mail", 10).suppressed(true));
        alone.hear(20, fails("mail", 10)).hear(21, fails("mail", 10).severity(Severity.CRITICAL));
        assertThat(alone.alone).containsExactly("mail");
    }

    private static Member unanswered(Member member) {
        return new Member(
                member.child(),
                member.active(),
                member.outageId(),
                member.number(),
                false,
                member.fine());
    }

    @Test
    void rule8OfTenThousandThatFailAtOnceEachIsAnsweredOnceAndOnlyTheFirstIsAloneBefore() {
        var all = new TreeSet<String>();
        for (int check = 0; check < 10_000; check++) {
            hall.hear(10 + check / 10_000., fails("check" + check, 10));
            all.add("check" + check);
        }
        assertThat(hall.alone).containsExactly("check0");
        assertThat(hall.joined).hasSize(10_000);
        assertThat(new TreeSet<>(hall.joined)).isEqualTo(all);
    }

    @Test
    void rule8OfTenThousandThatFallSilentAtOnceEachIsAnsweredOnce() {
        var all = new ArrayList<String>();
        for (int check = 0; check < 10_000; check++) {
            hall.hear(10, fails("check" + check, 10).kind(Kind.NO_DATA));
            all.add("check" + check);
        }
        assertThat(hall.alone).isEqualTo(all);
        assertThat(hall.joined).isEmpty();
    }
}
