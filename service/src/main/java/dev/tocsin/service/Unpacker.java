package dev.tocsin.service;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads what a [Packer] wrote. What is cut off throws an [IndexOutOfBoundsException].
public final class Unpacker {
    private final byte[] bytes;
    private int at = 1;

    public Unpacker(byte[] bytes) {
        this.bytes = bytes;
    }

    /// Whether anything is left.
    public boolean more() {
        return at < bytes.length;
    }

    public long number() {
        long value = 0;
        int shift = 0;
        byte next;
        do {
            next = bytes[at++];
            value |= (long) (next & 0x7f) << shift;
            shift += 7;
        } while (next < 0);
        return (value >>> 1) ^ -(value & 1);
    }

    public int count() {
        return Math.toIntExact(number());
    }

    public boolean flag() {
        return number() != 0;
    }

    public <E> E one(List<E> all) {
        return all.get(count());
    }

    public @Nullable String text() {
        int length = count();
        if (length < 0) {
            return null;
        }
        var text = new String(bytes, at, length, StandardCharsets.UTF_8);
        at += length;
        return text;
    }

    public byte @Nullable [] raw() {
        int length = count();
        if (length < 0) {
            return null;
        }
        Objects.checkFromIndexSize(at, length, bytes.length); // or it is filled up with zeros
        var raw = Arrays.copyOfRange(bytes, at, at + length);
        at += length;
        return raw;
    }

    public String word() {
        return Objects.requireNonNull(text());
    }

    public List<String> words() {
        int count = count();
        var all = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            all.add(word());
        }
        return all;
    }

    public @Nullable Instant time() {
        boolean there = flag();
        long millis = number();
        return there ? Instant.ofEpochMilli(millis) : null;
    }

    public Instant moment() {
        return Objects.requireNonNull(time());
    }
}
