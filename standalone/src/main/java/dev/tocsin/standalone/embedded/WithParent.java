package dev.tocsin.standalone.embedded;

import java.time.Duration;
import java.util.Arrays;

/// The main class of a child process that ends with its parent, also where that was killed and could tell nobody. Needs nothing but the JDK: it runs before
/// the child's own classes.
public final class WithParent {
    private static final Duration LOOKS = Duration.ofMillis(200);

    /// For its shutdown hooks; what hangs then is ended all the same.
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private WithParent() {}

    /// @param args the parent's pid, the main class to run, and its arguments
    public static void main(String[] args) throws Exception {
        long pid = Long.parseLong(args[0]);
        Thread.ofPlatform().daemon().name("with parent").start(() -> follow(pid));
        Class.forName(args[1])
                .getMethod("main", String[].class)
                .invoke(null, (Object) Arrays.copyOfRange(args, 2, args.length));
    }

    private static void follow(long pid) {
        try {
            // Whose parent dies is given another one at once, also where nobody has waited for the
            // dead one yet, which then seems to be alive.
            while (ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(-1L) == pid) {
                Thread.sleep(LOOKS);
            }
            Thread.ofPlatform().name("end").start(() -> System.exit(1));
            Thread.sleep(LAST_WORDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // without this watch it would be left behind
        }
        Runtime.getRuntime().halt(1);
    }
}
