package dev.finetune4j.engine.check.privacy;

import dev.finetune4j.engine.check.privacy.Detector.Span;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Addresses of machines, which lead to people. */
final class NetworkRules {
    /** Resolvers that stand in every tutorial. */
    private static final Set<String> PUBLIC_RESOLVERS = Set.of("8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9");

    private NetworkRules() {}

    static List<Detector> detectors() {
        return List.of(
                new Detector.AtNumber(
                        PrivacyRule.personal("ip-address", "public IPv4 address", PrivacyRule.IN_CONTEXT),
                        NetworkRules::ipv4),
                new Detector.AtKeyword(
                        PrivacyRule.personal("ipv6-address", "public IPv6 address", PrivacyRule.IN_CONTEXT),
                        List.of(":"),
                        NetworkRules::ipv6),
                new Detector.AtKeyword(
                        PrivacyRule.personal(
                                "mac-address", "hardware address of a network card", PrivacyRule.IN_CONTEXT),
                        List.of(":", "-"),
                        NetworkRules::mac));
    }

    /** Four numbers of one byte outside the ranges for private, local, reserved and multicast use (RFC 6890). */
    private static @Nullable Span ipv4(CharSequence text, NumberGroups groups) {
        if (groups.count() < 4 || !groups.areSeparatedBy('.', 4) || !groups.standsFree(4)) {
            return null;
        }
        int[] bytes = new int[4];
        for (int i = 0; i < 4; i++) {
            int start = groups.end(i) - groups.length(i);
            if (groups.length(i) > 3 || (groups.length(i) > 1 && text.charAt(start) == '0')) {
                return null;
            }
            bytes[i] = Integer.parseInt(text.subSequence(start, groups.end(i)).toString());
            if (bytes[i] > 255) {
                return null;
            }
        }
        boolean isVersion = Surroundings.follows(text, groups.start(), 16, "version", "build", "release");
        boolean isResolver = PUBLIC_RESOLVERS.contains(
                text.subSequence(groups.start(), groups.end(3)).toString());
        return isPublic(bytes[0], bytes[1]) && !isVersion && !isResolver
                ? new Span(groups.start(), groups.end(3))
                : null;
    }

    private static boolean isPublic(int first, int second) {
        boolean isPrivate = first == 10
                || (first == 172 && second >= 16 && second <= 31)
                || (first == 192 && second == 168)
                || (first == 100 && second >= 64 && second <= 127);
        boolean isLocal = first == 0 || first == 127 || (first == 169 && second == 254) || first >= 224;
        return !isPrivate && !isLocal;
    }

    /** An address of the global unicast range 2000::/3, written in full or with one run of zeros left out (RFC 4291). */
    private static @Nullable Span ipv6(CharSequence text, int colon, int end) {
        int start = colon - 4;
        boolean isFirst = start >= 0
                && (text.charAt(start) == '2' || text.charAt(start) == '3')
                && Surroundings.startsWord(text, start)
                && (start == 0 || (text.charAt(start - 1) != ':' && text.charAt(start - 1) != '.'));
        if (!isFirst) {
            return null;
        }
        int groups = 0;
        int gaps = 0;
        int at = start;
        while (at < text.length() && groups < 8) {
            int groupStart = at;
            while (at < text.length() && at - groupStart < 5 && Surroundings.isHex(text.charAt(at))) {
                at++;
            }
            if (at - groupStart > 4) {
                return null;
            }
            groups += at > groupStart ? 1 : 0;
            if (at + 1 >= text.length() || text.charAt(at) != ':' || groups == 8) {
                break;
            }
            boolean isGap = text.charAt(at + 1) == ':';
            if (!isGap && !Surroundings.isHex(text.charAt(at + 1))) {
                break;
            }
            gaps += isGap ? 1 : 0;
            at += isGap ? 2 : 1;
        }
        boolean isWhole = gaps == 0 ? groups == 8 : gaps == 1 && groups >= 3 && groups < 8;
        boolean isFree = Surroundings.endsWord(text, at) && (at >= text.length() || text.charAt(at) != ':');
        return isWhole && isFree ? new Span(start, at) : null;
    }

    /** Six pairs of hexadecimal digits with the same mark between them, not all equal. */
    private static @Nullable Span mac(CharSequence text, int firstMark, int end) {
        int start = firstMark - 2;
        if (start < 0 || start + 17 > text.length() || (start > 0 && isTied(text.charAt(start - 1)))) {
            return null;
        }
        char mark = text.charAt(firstMark);
        int distinctPairs = 0;
        for (int i = 0; i < 17; i++) {
            char c = text.charAt(start + i);
            if (i % 3 == 2 ? c != mark : !Surroundings.isHex(c)) {
                return null;
            }
            distinctPairs += i % 3 == 0 && i > 0 && c != text.charAt(start) ? 1 : 0;
        }
        boolean isFree = start + 17 == text.length() || !isTied(text.charAt(start + 17));
        return isFree && distinctPairs > 0 ? new Span(start, start + 17) : null;
    }

    private static boolean isTied(char c) {
        return Surroundings.isWordPart(c) || c == ':' || c == '-';
    }
}
