package dev.tocsin.notifier.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Histories that nobody thought of, judged by what people heard. `-Dtocsin.worlds=100000` for more of them.
class WorldTest {
    private static final int WORLDS = Integer.getInteger("tocsin.worlds", 300);

    private static int live(long seed, World.Fault fault) {
        var world = new World(seed, fault);
        try {
            world.run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("world " + seed + ": " + e.getMessage(), e);
        }
        return world.messages;
    }

    @Test
    void peopleAreToldNothingFalse() {
        long from = Long.getLong("tocsin.world", 0);
        int messages = 0;
        for (long seed = from; seed < from + WORLDS; seed++) {
            messages += live(seed, World.Fault.NONE);
        }
        assertThat(messages).isPositive();
    }
}
