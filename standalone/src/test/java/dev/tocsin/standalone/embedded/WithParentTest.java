package dev.tocsin.standalone.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Two processes in a row, of which the upper is killed.
class WithParentTest {
    private static final String JAVA = ProcessHandle.current().info().command().orElse("java");

    /// Stands for `up`: starts a child, says its pid, and waits to be killed.
    public static final class Parent {
        private Parent() {}

        public static void main(String[] args) throws Exception {
            var child =
                    new ProcessBuilder(
                                    JAVA,
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    WithParent.class.getName(),
                                    Long.toString(ProcessHandle.current().pid()),
                                    Child.class.getName())
                            .start();
            System.out.println(child.pid());
            child.waitFor();
        }
    }

    /// Stands for the registry: runs on until it is ended.
    public static final class Child {
        private Child() {}

        public static void main(String[] args) throws Exception {
            new java.util.concurrent.CountDownLatch(1).await();
        }
    }

    @Test
    void aChildEndsWithAParentThatIsKilled() throws Exception {
        var parent = new ProcessBuilder(JAVA, "-cp", classes(), Parent.class.getName()).start();
        try (var said = parent.inputReader()) {
            var child = ProcessHandle.of(Long.parseLong(said.readLine().strip())).orElseThrow();
            try {
                assertThat(child.isAlive()).isTrue();
                parent.destroyForcibly().waitFor();
                for (int i = 0; i < 150 && !ended(child); i++) {
                    var _ =
                            child.onExit()
                                    .completeOnTimeout(child, 200, TimeUnit.MILLISECONDS)
                                    .get();
                }
                assertThat(ended(child)).isTrue();
            } finally {
                child.destroyForcibly();
            }
        } finally {
            parent.destroyForcibly();
        }
    }

    /// Or waits for its new parent to ask how, which not every process 1 does.
    private static boolean ended(ProcessHandle child) throws IOException {
        if (!child.isAlive()) {
            return true;
        }
        var stat = Path.of("/proc", Long.toString(child.pid()), "stat");
        return Files.exists(stat) && Files.readString(stat).contains(") Z ");
    }

    private static String classes() throws IOException {
        return String.join(
                File.pathSeparator,
                List.of(folder(WithParent.class), folder(WithParentTest.class)));
    }

    private static String folder(Class<?> type) throws IOException {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                    .toString();
        } catch (java.net.URISyntaxException e) {
            throw new IOException(e);
        }
    }
}
