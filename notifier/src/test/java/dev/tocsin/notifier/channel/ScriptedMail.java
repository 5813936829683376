package dev.tocsin.notifier.channel;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/// A mail server that answers as it is told.
final class ScriptedMail implements AutoCloseable {
    /// Where a mail ends.
    static final String END = ".";

    private static final Map<String, String> FINE =
            Map.of(
                    "EHLO", "250-hi\r\n250 AUTH PLAIN",
                    "AUTH", "235 fine",
                    "DATA", "354 go on");

    final List<String> seen = new CopyOnWriteArrayList<>();
    private final ServerSocket server;

    /// @param answers to what begins so; an empty one hangs up
    ScriptedMail(Map<String, String> answers) throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual()
                .start(() -> {
                    while (!server.isClosed()) {
                        try (var client = server.accept()) {
                            serve(client, seen, answers);
                        } catch (IOException e) {
                            seen.add("hung up: " + e);
                        }
                    }
                });
    }

    int port() {
        return server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    static void serve(Socket client, List<String> seen, Map<String, String> answers)
            throws IOException {
        var in =
                new BufferedReader(
                        new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
        say(client, "220 hi");
        boolean data = false;
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            seen.add(line);
            if (data && !line.equals(END)) {
                continue;
            }
            var answer = answer(answers, line);
            data = answer.startsWith("354");
            if (answer.isEmpty()) {
                throw new SocketException("as it was told");
            }
            say(client, answer);
        }
    }

    private static String answer(Map<String, String> answers, String line) {
        return answers.entrySet().stream()
                .filter(answer -> line.startsWith(answer.getKey()))
                .findFirst()
                .map(Map.Entry::getValue)
                .orElseGet(() -> FINE.getOrDefault(line.split(" ", 2)[0], "250 fine"));
    }

    private static void say(Socket client, String text) throws IOException {
        client.getOutputStream().write((text + "\r\n").getBytes(StandardCharsets.UTF_8));
        client.getOutputStream().flush();
    }
}
