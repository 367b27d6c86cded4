package dev.finetune4j.offlinecloud.iam;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a condition compares what a call says of a key with the values that it names.
 *
 * @param of whether all, any or the only one of several values of a call must fit
 * @param isNegated whether those fit that the comparison does not let through
 * @param fitsNone whether a call fits that says nothing of the key, because the operator ends with {@code IfExists}
 * @param comparison takes a wanted value and one of a call; throws IllegalArgumentException if it cannot read one
 */
record Operator(Of of, boolean isNegated, boolean fitsNone, BiPredicate<String, String> comparison) {
    private static final Pattern NAME = Pattern.compile("(?:(ForAllValues|ForAnyValue):)?(\\w+?)(IfExists)?");
    private static final String NULL = "Null";

    private static final Map<String, BiPredicate<String, String>> COMPARISONS = Map.ofEntries(
            Map.entry("StringEquals", String::equals),
            Map.entry("StringEqualsIgnoreCase", String::equalsIgnoreCase),
            Map.entry("StringLike", Operator::isLike),
            Map.entry("NumericEquals", (wanted, told) -> numbers(told, wanted) == 0),
            Map.entry("NumericLessThan", (wanted, told) -> numbers(told, wanted) < 0),
            Map.entry("NumericLessThanEquals", (wanted, told) -> numbers(told, wanted) <= 0),
            Map.entry("NumericGreaterThan", (wanted, told) -> numbers(told, wanted) > 0),
            Map.entry("NumericGreaterThanEquals", (wanted, told) -> numbers(told, wanted) >= 0),
            Map.entry("DateEquals", (wanted, told) -> times(told, wanted) == 0),
            Map.entry("DateLessThan", (wanted, told) -> times(told, wanted) < 0),
            Map.entry("DateLessThanEquals", (wanted, told) -> times(told, wanted) <= 0),
            Map.entry("DateGreaterThan", (wanted, told) -> times(told, wanted) > 0),
            Map.entry("DateGreaterThanEquals", (wanted, told) -> times(told, wanted) >= 0),
            Map.entry("Bool", String::equalsIgnoreCase),
            Map.entry("BinaryEquals", String::equals),
            Map.entry("IpAddress", Operator::isOfNetwork),
            Map.entry("ArnEquals", Operator::isArnLike), // the two are one in IAM
            Map.entry("ArnLike", Operator::isArnLike),
            Map.entry(NULL, String::equalsIgnoreCase));

    private static final Map<String, String> NEGATIONS = Map.of(
            "StringNotEquals", "StringEquals",
            "StringNotEqualsIgnoreCase", "StringEqualsIgnoreCase",
            "StringNotLike", "StringLike",
            "NumericNotEquals", "NumericEquals",
            "DateNotEquals", "DateEquals",
            "NotIpAddress", "IpAddress",
            "ArnNotEquals", "ArnEquals",
            "ArnNotLike", "ArnLike");

    /** Which of several values of a call must fit. */
    enum Of {
        ONE,
        ANY,
        ALL,
        /** None is looked at, only whether there is any. */
        PRESENCE
    }

    /** @throws IllegalArgumentException if IAM has no such operator */
    static Operator of(String operator) {
        Matcher name = NAME.matcher(operator);
        if (!name.matches()) {
            throw unknown(operator);
        }
        String negated = NEGATIONS.getOrDefault(name.group(2), "");
        BiPredicate<String, String> comparison = COMPARISONS.get(negated.isEmpty() ? name.group(2) : negated);
        boolean isOfPresence = name.group(2).equals(NULL);
        if (comparison == null || (isOfPresence && !operator.equals(NULL))) {
            throw unknown(operator);
        }
        Of of = name.group(1) == null ? Of.ONE : name.group(1).equals("ForAllValues") ? Of.ALL : Of.ANY;
        return new Operator(isOfPresence ? Of.PRESENCE : of, !negated.isEmpty(), name.group(3) != null, comparison);
    }

    private static IllegalArgumentException unknown(String operator) {
        return new IllegalArgumentException("IAM has no condition operator " + operator);
    }

    /**
     * Whether it can read values that a condition names.
     *
     * @throws IllegalArgumentException if not
     */
    void demandReadable(List<String> wanted) {
        for (String value : wanted) {
            boolean unused = comparison.test(value, value); // only whether it throws counts
        }
    }

    /**
     * Whether what a call says fits.
     *
     * @param wanted values of the condition
     * @param told values of the call, none where it says nothing of the key
     */
    boolean fits(List<String> wanted, List<String> told) {
        if (of == Of.PRESENCE) {
            return wanted.stream().anyMatch(Boolean.toString(told.isEmpty())::equalsIgnoreCase);
        }
        if (told.isEmpty()) {
            return fitsNone || of == Of.ALL || (of == Of.ONE && isNegated);
        }
        boolean isForAll = of == Of.ALL || (of == Of.ONE && isNegated);
        return isForAll
                ? told.stream().allMatch(value -> fits(wanted, value))
                : told.stream().anyMatch(value -> fits(wanted, value));
    }

    private boolean fits(List<String> wanted, String told) {
        return isNegated != wanted.stream().anyMatch(value -> isFit(value, told));
    }

    /** What a call says and nobody can read as a number, a time or an address equals none. */
    private boolean isFit(String wanted, String told) {
        try {
            return comparison.test(wanted, told);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isLike(String wanted, String told) {
        return Wildcard.pattern(wanted, 0).matcher(told).matches();
    }

    /** Part by part, so that a wildcard reaches no further than its part. */
    private static boolean isArnLike(String wanted, String told) {
        String[] patterns = wanted.split(":", 6);
        String[] parts = told.split(":", 6);
        boolean isLike = patterns.length == parts.length;
        for (int i = 0; isLike && i < parts.length; i++) {
            isLike = isLike(patterns[i], parts[i]);
        }
        return isLike;
    }

    private static int numbers(String one, String other) {
        return new BigDecimal(one).compareTo(new BigDecimal(other));
    }

    private static int times(String one, String other) {
        return time(one).compareTo(time(other));
    }

    /** A date, a time with its zone, or seconds since 1970. */
    private static Instant time(String text) {
        try {
            if (text.matches("\\d{5,12}")) {
                return Instant.ofEpochSecond(Long.parseLong(text));
            }
            return text.contains("T")
                    ? OffsetDateTime.parse(text).toInstant()
                    : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(text + " is no time", e);
        }
    }

    private static boolean isOfNetwork(String wanted, String told) {
        String[] network = wanted.split("/", 2);
        byte[] address = address(network[0]);
        byte[] own = address(told.split("/", 2)[0]);
        int bits = network.length > 1 ? Integer.parseInt(network[1]) : address.length * Byte.SIZE;
        int rest = address.length * Byte.SIZE - bits;
        if (bits < 0 || rest < 0) {
            throw new IllegalArgumentException(wanted + " is no network");
        }
        return own.length == address.length
                && new BigInteger(1, own).shiftRight(rest).equals(new BigInteger(1, address).shiftRight(rest));
    }

    /** Of a literal only: no name is looked up. */
    private static byte[] address(String literal) {
        if (!literal.matches("\\d{1,3}(\\.\\d{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]*")) {
            throw new IllegalArgumentException(literal + " is no IP address");
        }
        try {
            return InetAddress.getByName(literal).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(literal + " is no IP address", e);
        }
    }
}
