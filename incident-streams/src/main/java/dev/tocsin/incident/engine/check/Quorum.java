package dev.tocsin.incident.engine.check;

/// How many failing regions make a check DOWN (rule 2).
public sealed interface Quorum {
    /// @param configured regions of the check
    /// @param voting those that vote now
    int need(int configured, int voting);

    static Quorum parse(String text) {
        return switch (text) {
            case "majority" -> new Majority();
            case "any" -> new Count(1);
            case "all" -> new All();
            default ->
                    text.endsWith("%")
                            ? new Percent(Integer.parseInt(text.substring(0, text.length() - 1)))
                            : new Count(Integer.parseInt(text));
        };
    }

    record Majority() implements Quorum {
        @Override
        public int need(int configured, int voting) {
            return Math.max(Math.min(2, configured), voting / 2 + 1);
        }
    }

    record Count(int count) implements Quorum {
        @Override
        public int need(int configured, int voting) {
            return count;
        }
    }

    record Percent(int percent) implements Quorum {
        @Override
        public int need(int configured, int voting) {
            return Math.max(1, Math.ceilDiv(voting * percent, 100));
        }
    }

    /// Never met while nobody votes.
    record All() implements Quorum {
        @Override
        public int need(int configured, int voting) {
            return Math.max(1, voting);
        }
    }
}
