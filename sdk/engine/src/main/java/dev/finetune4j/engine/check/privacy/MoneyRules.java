package dev.finetune4j.engine.check.privacy;

import dev.finetune4j.engine.check.privacy.Detector.Span;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Accounts: cards, IBAN, routing numbers, wallets. */
final class MoneyRules {
    private static final String BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private static final String BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

    /** Length of an IBAN by country (IBAN registry of SWIFT, release 99). */
    private static final Map<String, Integer> IBAN_LENGTHS = Map.ofEntries(
            Map.entry("AD", 24),
            Map.entry("AE", 23),
            Map.entry("AL", 28),
            Map.entry("AT", 20),
            Map.entry("AZ", 28),
            Map.entry("BA", 20),
            Map.entry("BE", 16),
            Map.entry("BG", 22),
            Map.entry("BH", 22),
            Map.entry("BR", 29),
            Map.entry("CH", 21),
            Map.entry("CR", 22),
            Map.entry("CY", 28),
            Map.entry("CZ", 24),
            Map.entry("DE", 22),
            Map.entry("DK", 18),
            Map.entry("DO", 28),
            Map.entry("EE", 20),
            Map.entry("ES", 24),
            Map.entry("FI", 18),
            Map.entry("FO", 18),
            Map.entry("FR", 27),
            Map.entry("GB", 22),
            Map.entry("GE", 22),
            Map.entry("GI", 23),
            Map.entry("GL", 18),
            Map.entry("GR", 27),
            Map.entry("GT", 28),
            Map.entry("HR", 21),
            Map.entry("HU", 28),
            Map.entry("IE", 22),
            Map.entry("IL", 23),
            Map.entry("IS", 26),
            Map.entry("IT", 27),
            Map.entry("JO", 30),
            Map.entry("KW", 30),
            Map.entry("KZ", 20),
            Map.entry("LB", 28),
            Map.entry("LI", 21),
            Map.entry("LT", 20),
            Map.entry("LU", 20),
            Map.entry("LV", 21),
            Map.entry("MC", 27),
            Map.entry("MD", 24),
            Map.entry("ME", 22),
            Map.entry("MK", 19),
            Map.entry("MR", 27),
            Map.entry("MT", 31),
            Map.entry("MU", 30),
            Map.entry("NL", 18),
            Map.entry("NO", 15),
            Map.entry("PK", 24),
            Map.entry("PL", 28),
            Map.entry("PS", 29),
            Map.entry("PT", 25),
            Map.entry("QA", 29),
            Map.entry("RO", 24),
            Map.entry("RS", 22),
            Map.entry("SA", 24),
            Map.entry("SE", 24),
            Map.entry("SI", 19),
            Map.entry("SK", 24),
            Map.entry("SM", 27),
            Map.entry("TN", 24),
            Map.entry("TR", 26),
            Map.entry("UA", 29),
            Map.entry("VA", 22),
            Map.entry("XK", 20));

    private MoneyRules() {}

    static List<Detector> detectors() {
        return List.of(
                new Detector.AtNumber(
                        PrivacyRule.personal("credit-card", "payment card number", PrivacyRule.CHECKED),
                        MoneyRules::card),
                new Detector.AtToken(
                        PrivacyRule.personal("iban", "bank account number (IBAN)", PrivacyRule.CHECKED),
                        MoneyRules::iban),
                new Detector.AtNumber(
                        PrivacyRule.personal("us-bank-routing", "US bank routing number", PrivacyRule.CHECKED),
                        MoneyRules::routing),
                new Detector.AtToken(
                        PrivacyRule.personal("bitcoin-address", "Bitcoin address", PrivacyRule.CHECKED),
                        MoneyRules::bitcoin),
                new Detector.AtKeyword(
                        PrivacyRule.personal("ethereum-address", "Ethereum address", PrivacyRule.SHAPE),
                        List.of("0x"),
                        Shape.of("0x[0-9a-fA-F]{40}(?![0-9a-zA-Z])")
                                .where(address -> address.chars().distinct().count() > 8)));
    }

    /** An issuer's number of the right length, in one piece or in the groups that are printed on cards, with the right check digit. */
    private static @Nullable Span card(CharSequence text, NumberGroups groups) {
        int used;
        if (groups.areOf(4, 4, 4, 4)) {
            used = 4;
        } else if (groups.areOf(4, 6, 5) || groups.areOf(4, 6, 4)) {
            used = 3;
        } else if (groups.length(0) >= 14 && groups.length(0) <= 19 && groups.standsFree(1)) {
            used = 1;
        } else {
            return null;
        }
        boolean isEven = groups.areSeparatedBy(' ', used) || groups.areSeparatedBy('-', used);
        String digits = groups.digits(used);
        return isEven
                        && isIssued(digits)
                        && CheckDigits.luhn(digits)
                        && digits.chars().distinct().count() > 1
                ? new Span(groups.start(), groups.end(used - 1))
                : null;
    }

    private static boolean isIssued(String digits) {
        int length = digits.length();
        int four = Integer.parseInt(digits.substring(0, 4));
        int two = four / 100;
        boolean isVisa = two / 10 == 4 && (length == 16 || length == 19);
        boolean isMastercard = ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) && length == 16;
        boolean isAmex = (two == 34 || two == 37) && length == 15;
        boolean isDiners = (two == 36 || two == 38 || (four >= 3000 && four <= 3059)) && length == 14;
        boolean isDiscover = (four == 6011 || two == 65 || (four >= 6440 && four <= 6499)) && length == 16;
        boolean isJcb = four >= 3528 && four <= 3589 && length == 16;
        boolean isUnionPay = two == 62 && length >= 16;
        return isVisa || isMastercard || isAmex || isDiners || isDiscover || isJcb || isUnionPay;
    }

    /** A country, check digits and an account of the country's length; in one piece or in groups of four. */
    private static @Nullable Span iban(CharSequence text, int start, int end) {
        if (end - start < 4
                || !Surroundings.isUpper(text.charAt(start))
                || !Surroundings.isUpper(text.charAt(start + 1))
                || !Surroundings.startsWord(text, start)) {
            return null;
        }
        Integer length = IBAN_LENGTHS.get(text.subSequence(start, start + 2).toString());
        if (length == null) {
            return null;
        }
        StringBuilder iban = new StringBuilder(length);
        int at = start;
        while (at < text.length() && iban.length() < length) {
            char c = text.charAt(at);
            boolean isGap = c == ' ' && iban.length() % 4 == 0 && text.charAt(at - 1) != ' ';
            if (Surroundings.isLetterOrDigit(c) && !Character.isLowerCase(c)) {
                iban.append(c);
            } else if (!isGap) {
                return null;
            }
            at++;
        }
        return iban.length() == length && Surroundings.endsWord(text, at) && CheckDigits.iban(iban.toString())
                ? new Span(start, at)
                : null;
    }

    private static @Nullable Span routing(CharSequence text, NumberGroups groups) {
        if (!groups.areOf(9) || !Surroundings.follows(text, groups.start(), 30, "routing", "aba", "rtn")) {
            return null;
        }
        String digits = groups.digits(1);
        int district = Integer.parseInt(digits.substring(0, 2));
        boolean isDistrict = district <= 12 || (district >= 21 && district <= 32) || (district >= 61 && district <= 72);
        return isDistrict
                        && !digits.startsWith("00")
                        && CheckDigits.weighted(digits, 3, 7, 1, 3, 7, 1, 3, 7, 1) % 10 == 0
                ? new Span(groups.start(), groups.end(0))
                : null;
    }

    private static @Nullable Span bitcoin(CharSequence text, int start, int end) {
        int length = end - start;
        if (length < 26 || length > 74 || !Surroundings.startsWord(text, start) || !Surroundings.endsWord(text, end)) {
            return null;
        }
        String token = text.subSequence(start, end).toString();
        boolean isAddress = token.regionMatches(true, 0, "bc1", 0, 3)
                ? isBech32(token)
                : length <= 35 && (token.charAt(0) == '1' || token.charAt(0) == '3') && isBase58Check(token);
        return isAddress ? new Span(start, end) : null;
    }

    /** Version, hash of 20 bytes and the first four bytes of the double SHA-256 of both. */
    private static boolean isBase58Check(String token) {
        BigInteger number = BigInteger.ZERO;
        for (int i = 0; i < token.length(); i++) {
            int value = BASE58.indexOf(token.charAt(i));
            if (value < 0) {
                return false;
            }
            number = number.multiply(BigInteger.valueOf(58)).add(BigInteger.valueOf(value));
        }
        byte[] magnitude = number.toByteArray();
        byte[] bytes = new byte[25];
        int length = Math.min(25, magnitude.length);
        System.arraycopy(magnitude, magnitude.length - length, bytes, 25 - length, length);
        byte[] check = sha256(sha256(Arrays.copyOf(bytes, 21)));
        return number.bitLength() <= 200 && Arrays.equals(check, 0, 4, bytes, 21, 25);
    }

    /** BIP 173 and BIP 350: the polynomial checksum over the readable part and the data. */
    private static boolean isBech32(String token) {
        String lower = token.toLowerCase(Locale.ROOT);
        if (!lower.equals(token) && !token.toUpperCase(Locale.ROOT).equals(token)) {
            return false;
        }
        int checksum = 1;
        for (int value : new int[] {3, 3, 0, 2, 3}) {
            checksum = polymodStep(checksum, value);
        }
        for (int i = 3; i < lower.length(); i++) {
            int value = BECH32.indexOf(lower.charAt(i));
            if (value < 0) {
                return false;
            }
            checksum = polymodStep(checksum, value);
        }
        return checksum == 1 || checksum == 0x2BC830A3;
    }

    private static int polymodStep(int checksum, int value) {
        int[] generators = {0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3};
        int top = checksum >>> 25;
        int next = ((checksum & 0x1FFFFFF) << 5) ^ value;
        for (int i = 0; i < 5; i++) {
            next ^= ((top >>> i) & 1) == 1 ? generators[i] : 0;
        }
        return next;
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
