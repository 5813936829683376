package dev.tocsin.incident.engine.outage;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How often each key occurs, sorted by key. A value: each change shares all but a path of it with the one before (a treap whose
/// priorities are the keys' hashes, so that the same counts have the same shape), and costs the logarithm of its size.
public final class Tally {
    public static final Tally NONE = new Tally(null);

    private record Node(
            String key, int count, int size, @Nullable Node left, @Nullable Node right) {
        static Node of(String key, int count, @Nullable Node left, @Nullable Node right) {
            return new Node(key, count, 1 + sizeOf(left) + sizeOf(right), left, right);
        }

        boolean above(Node other) {
            int a = mixed(key);
            int b = mixed(other.key);
            return a != b ? a > b : key.compareTo(other.key) < 0;
        }

        private static int mixed(String key) {
            int hash = key.hashCode() * 0x9e3779b9;
            return hash ^ (hash >>> 15);
        }
    }

    private final @Nullable Node root;

    private Tally(@Nullable Node root) {
        this.root = root;
    }

    /// Different keys.
    public int size() {
        return sizeOf(root);
    }

    private static int sizeOf(@Nullable Node node) {
        return node == null ? 0 : node.size();
    }

    /// Up to so many, from the first in order on.
    public List<String> first(int atMost) {
        var keys = new ArrayList<String>();
        collect(root, atMost, keys);
        return keys;
    }

    private static void collect(@Nullable Node node, int atMost, List<String> keys) {
        if (node != null && keys.size() < atMost) {
            collect(node.left(), atMost, keys);
            if (keys.size() < atMost) {
                keys.add(node.key());
            }
            collect(node.right(), atMost, keys);
        }
    }

    /// @param by may be negative; a key that no longer occurs is gone
    public Tally plus(String key, int by) {
        return new Tally(plus(root, key, by));
    }

    private static @Nullable Node plus(@Nullable Node node, String key, int by) {
        if (node == null) {
            return by == 0 ? null : Node.of(key, by, null, null);
        }
        int order = key.compareTo(node.key());
        if (order < 0) {
            return raised(
                    Node.of(node.key(), node.count(), plus(node.left(), key, by), node.right()));
        }
        if (order > 0) {
            return raised(
                    Node.of(node.key(), node.count(), node.left(), plus(node.right(), key, by)));
        }
        int count = node.count() + by;
        return count == 0
                ? merged(node.left(), node.right())
                : Node.of(key, count, node.left(), node.right());
    }

    /// With the child that has a higher priority, if one has, on top.
    private static Node raised(Node node) {
        var left = node.left();
        if (left != null && left.above(node)) {
            return Node.of(
                    left.key(),
                    left.count(),
                    left.left(),
                    Node.of(node.key(), node.count(), left.right(), node.right()));
        }
        var right = node.right();
        if (right != null && right.above(node)) {
            return Node.of(
                    right.key(),
                    right.count(),
                    Node.of(node.key(), node.count(), node.left(), right.left()),
                    right.right());
        }
        return node;
    }

    private static @Nullable Node merged(@Nullable Node left, @Nullable Node right) {
        if (left == null || right == null) {
            return left == null ? right : left;
        }
        return left.above(right)
                ? Node.of(left.key(), left.count(), left.left(), merged(left.right(), right))
                : Node.of(right.key(), right.count(), merged(left, right.left()), right.right());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Tally tally && java.util.Objects.equals(root, tally.root);
    }

    @Override
    public int hashCode() {
        return java.util.Objects.hashCode(root);
    }
}
