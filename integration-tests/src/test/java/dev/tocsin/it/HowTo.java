package dev.tocsin.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// A page under docs/how-to: its fenced blocks, in order.
///
/// - `yaml` whose first line is `# NAME`: the file of that name
/// - `bash`: commands that must succeed
/// - `bash service`: a service that is left running
/// - `bash docker`: commands for a machine with Docker, run by [ComposeIT]
/// - `bash root`: commands for the machine's own root; not run by a test
/// - any other: shown, not run
final class HowTo {
    private static final Pattern FENCE =
            Pattern.compile("^```(\\S+)([^\n]*)\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    /// @param kind the fence's words, e.g. `bash service`
    record Block(String kind, String text) {
        /// The name of the file that a `yaml` block is, or "".
        String file() {
            var first = text.lines().findFirst().orElse("");
            return kind.equals("yaml") && first.matches("# \\S+\\.yaml") ? first.substring(2) : "";
        }
    }

    private HowTo() {}

    static List<Block> blocks(Path page) throws IOException {
        var blocks = new ArrayList<Block>();
        var fences = FENCE.matcher(Files.readString(page));
        while (fences.find()) {
            blocks.add(new Block((fences.group(1) + fences.group(2)).strip(), fences.group(3)));
        }
        return blocks;
    }
}
