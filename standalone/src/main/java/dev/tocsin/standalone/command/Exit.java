package dev.tocsin.standalone.command;

import java.util.concurrent.ExecutionException;

/// The exit codes, 0 being fine, and of what a command failed.
public final class Exit {
    public static final int BAD = 1;
    public static final int USAGE = 2;
    public static final int UNREACHABLE = 3;

    /// `EX_CONFIG` of sysexits.h: what is around the process is not as it must be, and to start it again does not help.
    public static final int REFUSED = 78;

    /// `EX_TEMPFAIL`: it did not get on; started again it may.
    public static final int GAVE_UP = 75;

    private Exit() {}

    /// What a future failed of.
    public static Throwable cause(Exception e) {
        return e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
    }
}
