package dev.tocsin.incident.partition;

import dev.tocsin.incident.engine.check.CheckState;
import dev.tocsin.incident.engine.check.Expected;
import dev.tocsin.incident.engine.check.Patience;
import dev.tocsin.incident.engine.check.Policy;
import org.jspecify.annotations.Nullable;

/// A check as it is now. Where all is well nothing but `heardMs` changes, so that a million checks cost their table.
final class Subject {
    final String id;
    private Policy policy;
    private Patience patience;
    private CheckState state = CheckState.EMPTY;

    /// Of the facts that the policy has taken in.
    private int version;

    /// When each of the policy's regions was last heard, ms since 1970; newer than what `state` says.
    private long[] heardMs;

    /// By place of the region, as far as it was asked for; null where all is well.
    private @Nullable Expected @Nullable [] expected;

    Subject(String id, Policy policy) {
        this.id = id;
        this.policy = policy;
        patience = Policies.patience(policy);
        heardMs = new long[policy.regions().size()];
    }

    Policy policy() {
        return policy;
    }

    Patience patience() {
        return patience;
    }

    CheckState state() {
        return state;
    }

    boolean knows(int facts) {
        return version == facts;
    }

    void judgeBy(Policy next, int facts) {
        if (next.regions().equals(policy.regions())) {
            policy = next;
        } else {
            var whole = whole();
            policy = next;
            becomes(whole);
        }
        patience = Policies.patience(next);
        version = facts;
    }

    /// With the times at which its regions were last heard.
    CheckState whole() {
        return state.heard(policy.regions(), heardMs);
    }

    void becomes(CheckState next) {
        var regions = policy.regions();
        heardMs = heardMs.length == regions.size() ? heardMs : new long[regions.size()];
        for (int i = 0; i < heardMs.length; i++) {
            var last = next.lastHeard(regions.get(i));
            heardMs[i] = last == null ? 0 : last.toEpochMilli();
        }
        state = next.unheard();
        expected = state.equals(CheckState.EMPTY) ? null : new Expected[regions.size()];
    }

    /// @param place of the region in the policy
    Expected expected(int place) {
        if (expected == null) {
            return Expected.WELL;
        }
        var one = expected[place];
        if (one == null) {
            one = Expected.of(state, policy.regions().get(place));
            expected[place] = one;
        }
        return one;
    }

    /// @param place of the region in the policy
    long heardMs(int place) {
        return heardMs[place];
    }

    void heard(int place, long atMs) {
        heardMs[place] = Math.max(heardMs[place], atMs);
    }

    /// With what was heard by that which this follows in the same process.
    void goOn(Subject before) {
        if (before.policy.regions().equals(policy.regions())) {
            for (int place = 0; place < heardMs.length; place++) {
                heard(place, before.heardMs[place]);
            }
        }
    }

    /// The region that was heard least recently, ms since 1970; 0 where one never was.
    long oldestMs() {
        long oldest = Long.MAX_VALUE;
        for (long heard : heardMs) {
            oldest = Math.min(oldest, heard);
        }
        return oldest == Long.MAX_VALUE ? 0 : oldest;
    }
}
