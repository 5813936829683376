package dev.tocsin.standalone.bench;

/// How somebody decides on incidents of one check that is probed from up to three regions. Times in ms; one thread.
interface Rule {
    /// Regions that it probes from, from 0 on.
    int regions();

    /// When the agent looks again.
    ///
    /// @param up what it has just found
    /// @param slot when it would look by its interval
    long next(int region, boolean up, long at, long slot);

    /// Takes in what was found.
    void vote(int region, boolean up, long at);

    /// Whether an incident is open.
    boolean open();

    /// How many were opened so far; one that opens again counts again.
    long opened();

    /// Whether nothing that it remembers can change what the next failure leads to.
    boolean settled();
}
