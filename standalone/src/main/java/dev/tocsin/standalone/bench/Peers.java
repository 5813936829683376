package dev.tocsin.standalone.bench;

import java.util.Arrays;

/// The rules that others use, each from its documented semantics (research/incidents.md part A, with sources).
final class Peers {
    private Peers() {}

    /// What they share: a verdict that turns.
    abstract static class Base implements Rule {
        private boolean open;
        private long opened;

        void turn(boolean to) {
            if (to && !open) {
                opened++;
            }
            open = to;
        }

        @Override
        public int regions() {
            return 1;
        }

        @Override
        public long next(int region, boolean up, long at, long slot) {
            return slot;
        }

        @Override
        public boolean open() {
            return open;
        }

        @Override
        public long opened() {
            return opened;
        }

        @Override
        public boolean settled() {
            return !open;
        }
    }

    /// Gatus: one place, `failure-threshold` 3 and `success-threshold` 2 in a row.
    static final class Gatus extends Base {
        private int failures;
        private int passes;

        @Override
        public void vote(int region, boolean up, long at) {
            failures = up ? 0 : failures + 1;
            passes = up ? passes + 1 : 0;
            if (failures >= 3) {
                turn(true);
            } else if (passes >= 2) {
                turn(false);
            }
        }
    }

    /// Nagios and Icinga: one place; soft until `max_check_attempts` 3, looked at again at `retry_interval`, by default a fifth of the interval; the first
    /// pass recovers.
    static final class SoftHard extends Base {
        private final long retry;
        private int attempts;

        SoftHard(long interval) {
            retry = interval / 5;
        }

        @Override
        public long next(int region, boolean up, long at, long slot) {
            return !up && attempts < 3 ? Math.min(slot, at + retry) : slot;
        }

        @Override
        public void vote(int region, boolean up, long at) {
            attempts = up ? 0 : attempts + 1;
            if (up || attempts >= 3) {
                turn(!up);
            }
        }
    }

    /// Prometheus with blackbox_exporter: one place; `probe_success == 0` at every evaluation for `for`, here two intervals; one pass ends it.
    static final class For extends Base {
        private final long duration;
        private long since = -1;

        For(long interval) {
            duration = 2 * interval;
        }

        @Override
        public void vote(int region, boolean up, long at) {
            since = up ? -1 : since < 0 ? at : since;
            turn(since >= 0 && at - since >= duration);
        }
    }

    /// Several regions, each with its latest result alone.
    abstract static class Latest extends Base {
        private final boolean[] down;

        Latest(int regions) {
            down = new boolean[regions];
        }

        @Override
        public int regions() {
            return down.length;
        }

        @Override
        public void vote(int region, boolean up, long at) {
            down[region] = !up;
            int failing = 0;
            for (var fails : down) {
                failing += fails ? 1 : 0;
            }
            decide(!up, failing, down.length);
        }

        abstract void decide(boolean fails, int failing, int regions);

        @Override
        public String toString() {
            return getClass().getSimpleName() + Arrays.toString(down);
        }
    }

    /// openstatus: the status that was just reported holds when at least half of the configured regions have it.
    static final class Half extends Latest {
        Half(int regions) {
            super(regions);
        }

        @Override
        void decide(boolean fails, int failing, int regions) {
            int same = fails ? failing : regions - failing;
            if (2 * same >= regions) {
                turn(fails);
            }
        }
    }

    /// OneUptime: by default all probes must agree.
    static final class All extends Latest {
        All(int regions) {
            super(regions);
        }

        @Override
        void decide(boolean fails, int failing, int regions) {
            if (failing == regions || failing == 0) {
                turn(failing == regions);
            }
        }
    }
}
