package dev.finetune4j.engine.check.privacy;

import dev.finetune4j.engine.check.privacy.Detector.Span;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What else belongs to one person: papers, birth, whereabouts, a car. */
final class PersonRules {
    private static final String MONTH = "(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,7}";
    private static final String DATE =
            "(?:[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4}|[0-9]{2})|" + MONTH
                    + "\\.? [0-9]{1,2}(?:st|nd|rd|th)?,? [0-9]{4}|[0-9]{1,2}(?:st|nd|rd|th|\\.)? (?:of )?" + MONTH
                    + "\\.?,? [0-9]{4})(?![0-9])";

    private static final Shape BIRTH = Shape.of(
                    "(?i:born|date of birth|dob|birth ?date|birthday|geboren)[\"'\\\\:=\\s,(-]{1,6}(?:(?:is|was|on|the|in|am)[:\\s]{1,2}){0,2}[\"']?("
                            + DATE + ")")
            .within(64);

    /** Between the word and the number stands at most something like {@code number is: }. */
    private static final int PASSPORT_REACH = 30;

    private static final Shape COORDINATES = Shape.of(
                    "([0-9]{1,2}\\.[0-9]{4,10}\u00B0?\\s?[NS]?,\\s?[-+]?[0-9]{1,3}\\.[0-9]{4,10})(?![0-9])")
            .within(48);

    /** Two decimals alone may be anything: a word before them says that they are a place, or a sign of theirs does. */
    private static final Pattern PLACE_WORD = Pattern.compile(
            "(?i)(?<![a-z])(?:lat|lon|lng|latitude|longitude|coords?|coordinates?|koordinaten|gps)(?![a-z])");

    private static final int PLACE_REACH = 40;

    private PersonRules() {}

    static List<Detector> detectors() {
        return List.of(
                new Detector.AtKeyword(
                        PrivacyRule.personal("date-of-birth", "date of birth", PrivacyRule.IN_CONTEXT),
                        List.of("born", "date of birth", "dob", "birth date", "birthdate", "birthday", "geboren"),
                        BIRTH),
                new Detector.AtKeyword(
                        PrivacyRule.personal("passport", "passport number", PrivacyRule.IN_CONTEXT),
                        List.of("passport"),
                        PersonRules::passport),
                new Detector.AtNumber(
                        PrivacyRule.personal("coordinates", "geographic coordinates", PrivacyRule.SHAPE),
                        PersonRules::coordinates),
                new Detector.AtToken(
                        PrivacyRule.personal("vehicle-id", "vehicle identification number", PrivacyRule.CHECKED),
                        PersonRules::vin));
    }

    /** Latitude and longitude with at least four decimals, which is about ten metres. */
    private static @Nullable Span coordinates(CharSequence text, NumberGroups groups) {
        if (groups.length(0) > 2
                || groups.count() < 2
                || groups.length(1) < 4
                || groups.separator(0).charAt(0) != '.') {
            return null;
        }
        Span span = COORDINATES.match(text, groups.start(), groups.end(0));
        if (span == null || !isPlace(text, span)) {
            return null;
        }
        String[] both = text.subSequence(span.start(), span.end())
                .toString()
                .replaceAll("[^0-9.,]", "")
                .split(",");
        boolean isOnEarth = Double.parseDouble(both[0]) <= 90 && Double.parseDouble(both[1]) <= 180;
        boolean isSigned = span.start() > 0 && "+-".indexOf(text.charAt(span.start() - 1)) >= 0;
        return isOnEarth ? new Span(isSigned ? span.start() - 1 : span.start(), span.end()) : null;
    }

    /** Whether a degree sign or a compass letter stands in the numbers, or a word for a place before them. */
    private static boolean isPlace(CharSequence text, Span span) {
        for (int i = span.start(); i < span.end(); i++) {
            if ("\u00B0NS".indexOf(text.charAt(i)) >= 0) {
                return true;
            }
        }
        if (span.end() < text.length() && text.charAt(span.end()) == '\u00B0') {
            return true;
        }
        return PLACE_WORD
                .matcher(text)
                .useTransparentBounds(true)
                .region(Math.max(0, span.start() - PLACE_REACH), span.start())
                .find();
    }

    /** Up to two capitals and six to nine digits: the first number behind the word. */
    private static @Nullable Span passport(CharSequence text, int start, int end) {
        int limit = Math.min(text.length(), end + PASSPORT_REACH);
        int digit = end;
        while (digit < limit && !NumberGroups.isDigit(text.charAt(digit)) && text.charAt(digit) != '\n') {
            digit++;
        }
        int numberEnd = digit;
        while (numberEnd < text.length() && numberEnd - digit < 10 && NumberGroups.isDigit(text.charAt(numberEnd))) {
            numberEnd++;
        }
        int number = digit;
        while (number > end && digit - number < 3 && Surroundings.isUpper(text.charAt(number - 1))) {
            number--;
        }
        int digits = numberEnd - digit;
        boolean isNumber = digits >= 6 && digits <= 9 && digit - number <= 2;
        return isNumber && Surroundings.startsWord(text, number) && Surroundings.endsWord(text, numberEnd)
                ? new Span(number, numberEnd)
                : null;
    }

    private static @Nullable Span vin(CharSequence text, int start, int end) {
        if (end - start != 17 || !Surroundings.startsWord(text, start) || !Surroundings.endsWord(text, end)) {
            return null;
        }
        String token = text.subSequence(start, end).toString();
        boolean isMixed = token.chars().filter(c -> c >= 'A' && c <= 'Z').count() >= 3;
        return isMixed && CheckDigits.vin(token) ? new Span(start, end) : null;
    }
}
