package dev.tocsin.page.board;

/// What agents counted: how many results say that it works, of all that say anything of it.
public record Votes(long up, long all) {
    public static final Votes NONE = new Votes(0, 0);

    public Votes plus(Votes other) {
        return new Votes(up + other.up, all + other.all);
    }
}
