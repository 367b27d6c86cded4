package dev.finetune4j.engine.check.privacy;

import dev.finetune4j.engine.check.privacy.Detector.NumberMatcher;
import dev.finetune4j.engine.check.privacy.Detector.PlaceMatcher;
import dev.finetune4j.engine.check.privacy.Detector.Span;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Numbers that states give to persons. */
final class NationalIds {
    private static final Set<String> UNUSED_NINO_PREFIXES = Set.of("BG", "GB", "KN", "NK", "NT", "TN", "ZZ");

    private NationalIds() {}

    static List<Detector> detectors() {
        return List.of(
                number("us-ssn", "US social security number", PrivacyRule.IN_CONTEXT, NationalIds::ssn),
                number("us-itin", "US taxpayer number (ITIN)", PrivacyRule.IN_CONTEXT, NationalIds::itin),
                number("uk-nhs", "UK NHS number", PrivacyRule.CHECKED, NationalIds::nhs),
                number("de-tax-id", "German tax id", PrivacyRule.CHECKED, NationalIds::germanTaxId),
                number("fr-insee", "French social security number", PrivacyRule.CHECKED, NationalIds::insee),
                number("br-cpf", "Brazilian CPF", PrivacyRule.CHECKED, NationalIds::cpf),
                number("in-aadhaar", "Indian Aadhaar number", PrivacyRule.CHECKED, NationalIds::aadhaar),
                number("ca-sin", "Canadian social insurance number", PrivacyRule.CHECKED, NationalIds::sin),
                token("uk-nino", "UK national insurance number", PrivacyRule.IN_CONTEXT, NationalIds::nino),
                token("es-dni", "Spanish DNI or NIE", PrivacyRule.CHECKED, NationalIds::dni),
                token("it-codice-fiscale", "Italian codice fiscale", PrivacyRule.CHECKED, NationalIds::codiceFiscale));
    }

    /** Area, group and serial number are in the ranges that were ever given out. */
    private static @Nullable Span ssn(CharSequence text, NumberGroups groups) {
        boolean isGrouped = groups.areOf(3, 2, 4) && areOwn(groups, 3);
        boolean isPlain =
                groups.areOf(9) && Surroundings.follows(text, groups.start(), 30, "ssn", "social security", "soc sec");
        int used = isGrouped ? 3 : 1;
        if (!isGrouped && !isPlain) {
            return null;
        }
        String digits = groups.digits(used);
        boolean isGiven = !digits.startsWith("000")
                && !digits.startsWith("666")
                && digits.charAt(0) != '9'
                && !digits.startsWith("00", 3)
                && !digits.endsWith("0000");
        return isGiven ? span(groups, used) : null;
    }

    private static @Nullable Span itin(CharSequence text, NumberGroups groups) {
        if (!groups.areOf(3, 2, 4) || !areTied(groups, 3)) {
            return null;
        }
        String digits = groups.digits(3);
        int group = Integer.parseInt(digits.substring(3, 5));
        boolean isGiven = (group >= 50 && group <= 65)
                || (group >= 70 && group <= 88)
                || (group >= 90 && group <= 92)
                || (group >= 94 && group <= 99);
        return digits.charAt(0) == '9' && isGiven ? span(groups, 3) : null;
    }

    private static @Nullable Span nhs(CharSequence text, NumberGroups groups) {
        boolean isGrouped = groups.areOf(3, 3, 4) && areTied(groups, 3);
        if ((!isGrouped && !groups.areOf(10)) || !Surroundings.follows(text, groups.start(), 30, "nhs")) {
            return null;
        }
        int used = isGrouped ? 3 : 1;
        String digits = groups.digits(used);
        int check = (11 - CheckDigits.weighted(digits, 10, 9, 8, 7, 6, 5, 4, 3, 2) % 11) % 11;
        return check == digits.charAt(9) - '0' ? span(groups, used) : null;
    }

    /** Of the first ten digits one occurs two or three times, the others at most once. */
    private static @Nullable Span germanTaxId(CharSequence text, NumberGroups groups) {
        boolean isGrouped = groups.areOf(2, 3, 3, 3) && groups.areSeparatedBy(' ', 4) && groups.areAll(4);
        boolean isPlain = groups.areOf(11)
                && Surroundings.follows(
                        text, groups.start(), 40, "steuer", "idnr", "tin", "tax", "identifikationsnummer");
        if (!isGrouped && !isPlain) {
            return null;
        }
        int used = isGrouped ? 4 : 1;
        String digits = groups.digits(used);
        int[] counts = new int[10];
        digits.substring(0, 10).chars().forEach(digit -> counts[digit - '0']++);
        int repeated = 0;
        for (int count : counts) {
            repeated += count == 2 || count == 3 ? 1 : count > 3 ? 10 : 0;
        }
        return digits.charAt(0) != '0' && repeated == 1 && CheckDigits.mod11And10(digits) ? span(groups, used) : null;
    }

    /** Sex, year, month, department, commune, order and a key of 97 minus the rest modulo 97. */
    private static @Nullable Span insee(CharSequence text, NumberGroups groups) {
        int used = groups.areOf(1, 2, 2, 2, 3, 3, 2) ? 7 : groups.areOf(13, 2) ? 2 : groups.areOf(15) ? 1 : 0;
        if (used == 0 || !(groups.areSeparatedBy(' ', used) || groups.areSeparatedBy('-', used))) {
            return null;
        }
        String digits = groups.digits(used);
        int month = Integer.parseInt(digits.substring(3, 5));
        long number = Long.parseLong(digits.substring(0, 13));
        boolean isKey = Integer.parseInt(digits.substring(13)) == 97 - (int) (number % 97);
        boolean isMonth = (month >= 1 && month <= 12) || (month >= 20 && month <= 42) || month >= 50;
        return (digits.charAt(0) == '1' || digits.charAt(0) == '2') && isMonth && isKey ? span(groups, used) : null;
    }

    private static @Nullable Span cpf(CharSequence text, NumberGroups groups) {
        boolean isGrouped = groups.areOf(3, 3, 3, 2)
                && groups.separator(0).toString().equals(".")
                && groups.separator(1).toString().equals(".")
                && groups.separator(2).toString().equals("-");
        boolean isPlain = groups.areOf(11) && Surroundings.follows(text, groups.start(), 20, "cpf");
        if (!isGrouped && !isPlain) {
            return null;
        }
        int used = isGrouped ? 4 : 1;
        String digits = groups.digits(used);
        return digits.chars().distinct().count() > 1 && CheckDigits.cpf(digits) ? span(groups, used) : null;
    }

    private static @Nullable Span aadhaar(CharSequence text, NumberGroups groups) {
        boolean isGrouped = groups.areOf(4, 4, 4) && areOwn(groups, 3);
        boolean isPlain =
                groups.areOf(12) && Surroundings.follows(text, groups.start(), 24, "aadhaar", "aadhar", "uid");
        if (!isGrouped && !isPlain) {
            return null;
        }
        int used = isGrouped ? 3 : 1;
        String digits = groups.digits(used);
        return digits.charAt(0) >= '2' && CheckDigits.verhoeff(digits) ? span(groups, used) : null;
    }

    private static @Nullable Span sin(CharSequence text, NumberGroups groups) {
        boolean isGrouped = groups.areOf(3, 3, 3) && areTied(groups, 3);
        if ((!isGrouped && !groups.areOf(9))
                || !Surroundings.follows(text, groups.start(), 30, "sin", "social insurance")) {
            return null;
        }
        int used = isGrouped ? 3 : 1;
        String digits = groups.digits(used);
        return digits.charAt(0) != '0' && digits.charAt(0) != '8' && CheckDigits.luhn(digits)
                ? span(groups, used)
                : null;
    }

    /** Two letters, three pairs of digits, a letter from A to D; in one piece or in pairs. */
    private static @Nullable Span nino(CharSequence text, int start, int end) {
        int first = start;
        if (NumberGroups.isDigit(text.charAt(start)) && start >= 3 && text.charAt(start - 1) == ' ') {
            first = start - 3;
        }
        StringBuilder number = new StringBuilder(9);
        int at = first;
        while (at < text.length() && number.length() < 9) {
            char c = text.charAt(at);
            boolean isGap = c == ' ' && number.length() % 2 == 0 && number.length() > 0 && text.charAt(at - 1) != ' ';
            if (Surroundings.isUpper(c) || NumberGroups.isDigit(c)) {
                number.append(c);
            } else if (!isGap) {
                return null;
            }
            at++;
        }
        return isNino(number) && Surroundings.startsWord(text, first) && Surroundings.endsWord(text, at)
                ? new Span(first, at)
                : null;
    }

    private static boolean isNino(CharSequence number) {
        if (number.length() < 9) {
            return false;
        }
        for (int i = 0; i < 9; i++) {
            if (NumberGroups.isDigit(number.charAt(i)) != (i >= 2 && i < 8)) {
                return false;
            }
        }
        return "DFIQUV".indexOf(number.charAt(0)) < 0
                && "DFIQUVO".indexOf(number.charAt(1)) < 0
                && number.charAt(8) <= 'D'
                && !UNUSED_NINO_PREFIXES.contains(number.subSequence(0, 2).toString());
    }

    /** Eight digits, or X, Y or Z and seven, and the letter of the number modulo 23. */
    private static @Nullable Span dni(CharSequence text, int start, int end) {
        if (end - start != 9 || !Surroundings.startsWord(text, start) || !Surroundings.endsWord(text, end)) {
            return null;
        }
        String token = text.subSequence(start, end).toString();
        int foreigner = "XYZ".indexOf(token.charAt(0));
        String digits = foreigner < 0 ? token.substring(0, 8) : foreigner + token.substring(1, 8);
        boolean isNumber = digits.chars().allMatch(c -> c >= '0' && c <= '9');
        return isNumber && token.charAt(8) == "TRWAGMYFPDXBNJZSQVHLCKE".charAt(Integer.parseInt(digits) % 23)
                ? new Span(start, end)
                : null;
    }

    private static @Nullable Span codiceFiscale(CharSequence text, int start, int end) {
        if (end - start != 16 || !Surroundings.startsWord(text, start) || !Surroundings.endsWord(text, end)) {
            return null;
        }
        String code = text.subSequence(start, end).toString();
        String letters = "AAAAAA00A00A000A";
        for (int i = 0; i < 16; i++) {
            char c = code.charAt(i);
            if (letters.charAt(i) == 'A' ? !Surroundings.isUpper(c) : !NumberGroups.isDigit(c)) {
                return null;
            }
        }
        return "ABCDEHLMPRST".indexOf(code.charAt(8)) >= 0 && CheckDigits.codiceFiscale(code)
                ? new Span(start, end)
                : null;
    }

    /** Groups tied by hyphens, or by spaces where no further group makes it a row of numbers. */
    private static boolean areOwn(NumberGroups groups, int used) {
        return groups.areSeparatedBy('-', used) || (groups.areSeparatedBy(' ', used) && groups.areAll(used));
    }

    private static boolean areTied(NumberGroups groups, int used) {
        return groups.areSeparatedBy('-', used) || groups.areSeparatedBy(' ', used);
    }

    private static Span span(NumberGroups groups, int used) {
        return new Span(groups.start(), groups.end(used - 1));
    }

    private static Detector number(String id, String title, int rank, NumberMatcher matcher) {
        return new Detector.AtNumber(PrivacyRule.personal(id, title, rank), matcher);
    }

    private static Detector token(String id, String title, int rank, PlaceMatcher matcher) {
        return new Detector.AtToken(PrivacyRule.personal(id, title, rank), matcher);
    }
}
