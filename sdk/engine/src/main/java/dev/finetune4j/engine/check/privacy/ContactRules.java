package dev.finetune4j.engine.check.privacy;

import dev.finetune4j.engine.check.privacy.Detector.Span;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Ways to reach a person: mail, phone, street. */
final class ContactRules {
    private static final int LONGEST_LOCAL_PART = 64;
    private static final int LONGEST_DOMAIN = 253;

    /** Country calling codes of one and two digits (ITU-T E.164); all others have three and begin with 2, 3, 4, 5, 6, 8 or 9. */
    private static final Set<String> SHORT_CALLING_CODES = Set.of(
            "1", "7", "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47",
            "48", "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81",
            "82", "84", "86", "90", "91", "92", "93", "94", "95", "98");

    private static final String[] PHONE_WORDS = {
        "phone", "tel", "mobile", "mobil", "cell", "call", "fax", "whatsapp", "handy", "ring", "sms", "text"
    };

    private static final Shape STREET = Shape.of(
                    "[0-9]{1,5}[A-Za-z]?\\s(?:[NSEW]\\.?\\s)?(?:[A-Z][A-Za-z'-]{1,20}\\.?\\s){1,3}"
                            + "(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Square|Sq|Terrace|Place|Pl|Parkway|Pkwy|Highway|Hwy|Way)(?![A-Za-z])")
            .within(120);

    private static final String[] STREET_ENDINGS = {"strasse ", "stra\u00DFe ", "str. "};

    private ContactRules() {}

    static List<Detector> detectors() {
        return List.of(
                new Detector.AtKeyword(
                        PrivacyRule.personal("email", "e-mail address", PrivacyRule.SHAPE),
                        List.of("@"),
                        ContactRules::email),
                new Detector.AtNumber(
                        PrivacyRule.personal(
                                "phone-international", "phone number with country code", PrivacyRule.IN_CONTEXT),
                        ContactRules::internationalPhone),
                new Detector.AtNumber(
                        PrivacyRule.personal("phone-us", "North American phone number", PrivacyRule.SHAPE),
                        ContactRules::usPhone),
                new Detector.AtNumber(
                        PrivacyRule.personal("phone-in-context", "phone number", PrivacyRule.GENERIC),
                        ContactRules::phoneInContext),
                new Detector.AtToken(
                        PrivacyRule.personal("street-address", "street address", PrivacyRule.SHAPE),
                        ContactRules::streetAfterNumber),
                new Detector.AtKeyword(
                        PrivacyRule.personal("street-address", "street address", PrivacyRule.SHAPE),
                        List.of("stra", "str. "),
                        ContactRules::streetBeforeNumber));
    }

    private static @Nullable Span email(CharSequence text, int at, int afterAt) {
        int start = at;
        while (start > 0 && at - start < LONGEST_LOCAL_PART && isLocalPart(text.charAt(start - 1))) {
            start--;
        }
        while (start < at && text.charAt(start) == '.') {
            start++;
        }
        int end = afterAt;
        int lastDot = -1;
        while (end < text.length() && end - afterAt < LONGEST_DOMAIN && isDomainPart(text.charAt(end))) {
            lastDot = text.charAt(end) == '.' && end + 1 < text.length() && isDomainPart(text.charAt(end + 1))
                    ? end
                    : lastDot;
            end++;
        }
        while (end > afterAt && !Surroundings.isLetterOrDigit(text.charAt(end - 1))) {
            end--;
        }
        if (start == at || text.charAt(at - 1) == '.' || lastDot <= afterAt || lastDot >= end) {
            return null;
        }
        return isTopLevelDomain(text, lastDot + 1, end) && Surroundings.isLetterOrDigit(text.charAt(afterAt))
                ? new Span(start, end)
                : null;
    }

    private static boolean isTopLevelDomain(CharSequence text, int start, int end) {
        for (int i = start; i < end; i++) {
            if (!Surroundings.isLetterOrDigit(text.charAt(i)) || NumberGroups.isDigit(text.charAt(i))) {
                return false;
            }
        }
        return end - start >= 2 && end - start <= 24;
    }

    /** A plus sign, a calling code that is in use, and 8 to 15 digits in all (ITU-T E.164). */
    private static @Nullable Span internationalPhone(CharSequence text, NumberGroups groups) {
        int plus = groups.start() - 1;
        if (plus < 0 || text.charAt(plus) != '+' || !Surroundings.startsWord(text, plus)) {
            return null;
        }
        int used = mostGroups(groups, 15);
        String digits = groups.digits(used);
        boolean isCallingCode = SHORT_CALLING_CODES.contains(digits.substring(0, 1))
                || (digits.length() > 2 && SHORT_CALLING_CODES.contains(digits.substring(0, 2)))
                || "2345689".indexOf(digits.charAt(0)) >= 0;
        return digits.length() >= 8
                        && isCallingCode
                        && !isRepeated(digits)
                        && Surroundings.endsWord(text, groups.end(used - 1))
                ? new Span(plus, groups.end(used - 1))
                : null;
    }

    /** {@code (212) 555-0147} and its like: neither area nor exchange begins with 0 or 1 or is a service code such as 911. */
    private static @Nullable Span usPhone(CharSequence text, NumberGroups groups) {
        int first = groups.length(0) == 1 && groups.digits(1).equals("1") ? 1 : 0;
        int used = first + 3;
        if (groups.count() < used
                || groups.length(first) != 3
                || groups.length(first + 1) != 3
                || groups.length(first + 2) != 4
                || !groups.standsFree(used)) {
            return null;
        }
        String digits = groups.digits(used).substring(first);
        String inner = groups.separator(first + 1).toString();
        String outer = groups.separator(first).toString();
        boolean isParted = outer.startsWith(")") || outer.equals(inner);
        boolean isNumber = digits.charAt(0) >= '2'
                && digits.charAt(3) >= '2'
                && !digits.startsWith("11", 1)
                && !digits.startsWith("11", 4)
                && inner.length() == 1
                && isParted
                && inner.charAt(0) != '/'
                && !isRepeated(digits);
        int start = outer.startsWith(")") && first == 0 && groups.start() > 0 && text.charAt(groups.start() - 1) == '('
                ? groups.start() - 1
                : groups.start();
        return isNumber ? new Span(start, groups.end(used - 1)) : null;
    }

    /** 7 to 13 digits behind a word that says phone. */
    private static @Nullable Span phoneInContext(CharSequence text, NumberGroups groups) {
        int used = mostGroups(groups, 13);
        String digits = groups.digits(used);
        return digits.length() >= 7
                        && groups.standsFree(used)
                        && !isRepeated(digits)
                        && Surroundings.follows(text, groups.start(), 24, PHONE_WORDS)
                ? new Span(groups.start(), groups.end(used - 1))
                : null;
    }

    private static @Nullable Span streetAfterNumber(CharSequence text, int start, int end) {
        boolean isFollowed =
                end + 1 < text.length() && text.charAt(end) == ' ' && Surroundings.isUpper(text.charAt(end + 1));
        return isFollowed && end - start <= 6 && NumberGroups.isDigit(text.charAt(start))
                ? STREET.match(text, start, end)
                : null;
    }

    /** {@code Lindenstrasse 12}: the name is written together, the number follows. */
    private static @Nullable Span streetBeforeNumber(CharSequence text, int start, int triggerEnd) {
        int nameStart = start;
        while (nameStart > 0 && start - nameStart < 30 && isNamePart(text.charAt(nameStart - 1))) {
            nameStart--;
        }
        String ending =
                text.subSequence(start, Math.min(text.length(), start + 8)).toString();
        int end = start;
        for (String street : STREET_ENDINGS) {
            end = ending.startsWith(street) ? start + street.length() : end;
        }
        if (end == start) {
            return null;
        }
        int numberEnd = end;
        while (numberEnd < text.length() && numberEnd - end < 4 && NumberGroups.isDigit(text.charAt(numberEnd))) {
            numberEnd++;
        }
        return start - nameStart >= 2 && numberEnd > end && Character.isUpperCase(text.charAt(nameStart))
                ? new Span(nameStart, numberEnd)
                : null;
    }

    /** Groups from the first whose digits together are at most {@code digits}. */
    private static int mostGroups(NumberGroups groups, int digits) {
        int used = 1;
        int total = groups.length(0);
        while (used < groups.count() && total + groups.length(used) <= digits) {
            total += groups.length(used++);
        }
        return used;
    }

    private static boolean isRepeated(String digits) {
        return digits.chars().distinct().count() < 3;
    }

    private static boolean isLocalPart(char c) {
        return Surroundings.isWordPart(c) || c == '.' || c == '-' || c == '+' || c == '%' || c == '\'';
    }

    private static boolean isDomainPart(char c) {
        return Surroundings.isLetterOrDigit(c) || c == '.' || c == '-';
    }

    private static boolean isNamePart(char c) {
        return Character.isLetter(c) || c == '-';
    }
}
