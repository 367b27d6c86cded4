package dev.finetune4j.engine.check.privacy;

import static dev.finetune4j.engine.check.privacy.Draw.DIGITS;
import static dev.finetune4j.engine.check.privacy.Draw.HEX;
import static dev.finetune4j.engine.check.privacy.Draw.LOWER;
import static dev.finetune4j.engine.check.privacy.Draw.UPPER;
import static dev.finetune4j.engine.check.privacy.Draw.grouped;
import static dev.finetune4j.engine.check.privacy.Draw.until;
import static dev.finetune4j.engine.check.privacy.RuleCases.ANYWHERE;

import java.util.List;
import java.util.Locale;

/** Personal data of every rule, drawn at run time. */
final class PersonalCases {
    private PersonalCases() {}

    static List<RuleCases> contacts() {
        return List.of(
                new RuleCases(
                        "email",
                        ANYWHERE,
                        draw -> draw.of(LOWER, 4) + draw.any(".", "+", "_") + draw.of(LOWER + DIGITS, 5) + "@"
                                + draw.of(LOWER, 6) + draw.any(".org", ".co.uk", ".io"),
                        draw -> draw.any(
                                "user @ home",
                                "@handle on the net",
                                "a@b",
                                "java@Override void run",
                                "x@ y.z",
                                "price@3.50 each",
                                "me@.com",
                                "git@host:a/b")),
                new RuleCases(
                        "phone-international",
                        ANYWHERE,
                        draw -> draw.any("+49 30 ", "+44 20 ", "+1-212-", "+33 1 ", "+351 21 ")
                                + draw.number(300, 998)
                                + draw.any(" ", "-")
                                + draw.number(1000, 9998),
                        draw -> draw.any(
                                "+" + draw.of(DIGITS, 3),
                                "a +5 bonus",
                                "+000 000 000 000",
                                "1+1 = 2",
                                "C++ 2023-12-31",
                                "+12% since 2020")),
                new RuleCases(
                        "phone-us",
                        ANYWHERE,
                        draw -> {
                            String area = draw.number(2, 9) + draw.number(20, 99);
                            String exchange = draw.number(2, 9) + draw.number(20, 99);
                            return draw.any(
                                            "(" + area + ") " + exchange + "-",
                                            area + "-" + exchange + "-",
                                            area + "." + exchange + ".")
                                    + draw.number(1000, 9999);
                        },
                        draw -> draw.any("1", "0") + draw.number(10, 99) + "-" + draw.number(200, 999) + "-"
                                + draw.number(1000, 9999)),
                new RuleCases(
                        "phone-in-context",
                        List.of("Phone: %s", "tel. %s", "call me: %s", "Mobil %s"),
                        draw -> "0" + draw.number(100, 998) + " " + draw.number(1000, 9998) + draw.number(10, 99),
                        draw -> draw.any(
                                "order " + draw.of(DIGITS, 9), "phone model 3310", "telephone booth 12", "call 911")),
                new RuleCases(
                        "street-address",
                        ANYWHERE,
                        draw -> draw.number(1, 999).replaceFirst("^0+", "") + " "
                                + draw.any("Maple", "North Main", "Abbey") + " " + draw.any("Street", "Ave", "Road"),
                        draw -> draw.any(
                                "the street is long",
                                "3 Street lights",
                                "12 monkeys lane",
                                "5 Star hotel",
                                "Wall Street fell",
                                "1 Way",
                                "20 Years Of Service")));
    }

    static List<RuleCases> money() {
        return List.of(
                new RuleCases("credit-card", ANYWHERE, PersonalCases::card, draw -> {
                    String wrong = until(() -> "4" + draw.of(DIGITS, 15), number -> !CheckDigits.luhn(number));
                    return draw.any(
                            "number " + wrong,
                            "number " + grouped(wrong, " ", 4, 4, 4, 4),
                            "id 9" + draw.of(DIGITS, 15));
                }),
                new RuleCases(
                        "iban",
                        ANYWHERE,
                        draw -> {
                            String german = until(() -> "DE" + draw.of(DIGITS, 20), CheckDigits::iban);
                            String british = until(
                                    () -> "GB" + draw.of(DIGITS, 2) + draw.of(UPPER, 4) + draw.of(DIGITS, 14),
                                    CheckDigits::iban);
                            return draw.any(german, grouped(german, " ", 4, 4, 4, 4, 4, 2), british);
                        },
                        draw -> until(() -> "DE" + draw.of(DIGITS, 20), iban -> !CheckDigits.iban(iban))),
                new RuleCases(
                        "us-bank-routing",
                        List.of("routing number %s", "ABA: %s", "RTN %s please"),
                        draw -> until(
                                () -> draw.any("02", "11", "31", "06") + draw.of(DIGITS, 7),
                                number -> CheckDigits.weighted(number, 3, 7, 1, 3, 7, 1, 3, 7, 1) % 10 == 0),
                        draw -> draw.any(
                                "routing number 5" + draw.of(DIGITS, 8),
                                "route 021" + draw.of(DIGITS, 3),
                                "item 02" + draw.of(DIGITS, 7))),
                new RuleCases(
                        "bitcoin-address",
                        ANYWHERE,
                        draw -> draw.any(
                                "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
                                "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
                                "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
                                "BC1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ"),
                        draw -> draw.any("1", "3", "bc1q") + draw.of("23456789ABCDEFGHJKLMNPQRSTUVWXYZ", 32)),
                new RuleCases(
                        "ethereum-address",
                        ANYWHERE,
                        draw -> "0x" + draw.of(HEX, 40),
                        draw -> draw.any(
                                "0x" + draw.of(HEX, 8),
                                "0x" + draw.of(HEX, 64),
                                "0x" + "0".repeat(40),
                                draw.of(HEX, 40))));
    }

    static List<RuleCases> ids() {
        return List.of(
                new RuleCases(
                        "us-ssn",
                        ANYWHERE,
                        draw -> draw.number(100, 665) + "-" + draw.number(10, 99) + "-" + draw.number(1000, 9999),
                        draw -> draw.any(
                                "000-12-" + draw.of(DIGITS, 4),
                                "666-12-" + draw.of(DIGITS, 4),
                                "123-00-" + draw.of(DIGITS, 4),
                                draw.of(DIGITS, 3) + "-" + draw.of(DIGITS, 2) + "-" + draw.of(DIGITS, 3),
                                "219-09-0000")),
                new RuleCases(
                        "us-itin",
                        ANYWHERE,
                        draw -> "9" + draw.of(DIGITS, 2) + "-" + draw.number(70, 88) + "-" + draw.of(DIGITS, 4),
                        draw -> "9" + draw.of(DIGITS, 2) + "-" + draw.number(10, 49) + "-" + draw.of(DIGITS, 4)),
                new RuleCases(
                        "uk-nhs",
                        List.of("NHS number %s", "NHS no: %s"),
                        draw -> {
                            String number = until(() -> draw.of(DIGITS, 10), PersonalCases::isNhs);
                            return draw.any(number, grouped(number, " ", 3, 3, 4));
                        },
                        draw -> "NHS number " + until(() -> draw.of(DIGITS, 10), number -> !isNhs(number))),
                new RuleCases(
                        "uk-nino",
                        ANYWHERE,
                        draw -> {
                            String letters = draw.of("ABCEGHJKLMNPRSTWXY", 1) + "C";
                            String digits = draw.of(DIGITS, 6);
                            return draw.any(
                                    letters + digits + "B", letters + " " + grouped(digits, " ", 2, 2, 2) + " B");
                        },
                        draw -> draw.any("QQ", "BG", "DA", "ZZ") + draw.of(DIGITS, 6) + "A"),
                new RuleCases(
                        "de-tax-id",
                        List.of("Steuer-ID %s", "tax id: %s", "IdNr. %s"),
                        draw -> until(() -> draw.number(1, 9) + draw.of(DIGITS, 10), PersonalCases::isGermanTaxId),
                        draw -> "Steuer-ID "
                                + until(
                                        () -> draw.number(1, 9) + draw.of(DIGITS, 10),
                                        number -> !isGermanTaxId(number))),
                new RuleCases(
                        "fr-insee",
                        ANYWHERE,
                        draw -> {
                            String number = draw.any("1", "2")
                                    + draw.of(DIGITS, 2)
                                    + draw.number(1, 12)
                                    + draw.number(10, 95)
                                    + draw.of(DIGITS, 6);
                            String key = String.format(Locale.ROOT, "%02d", 97 - Long.parseLong(number) % 97);
                            return draw.any(number + key, grouped(number + key, " ", 1, 2, 2, 2, 3, 3, 2));
                        },
                        draw -> {
                            String number = draw.any("1", "2")
                                    + draw.of(DIGITS, 2)
                                    + draw.number(1, 12)
                                    + draw.number(10, 95)
                                    + draw.of(DIGITS, 6);
                            return number
                                    + String.format(
                                            Locale.ROOT,
                                            "%02d",
                                            96
                                                    - Long.parseLong(number) % 97
                                                    + (Long.parseLong(number) % 97 == 96 ? 5 : 0));
                        }),
                new RuleCases(
                        "es-dni",
                        ANYWHERE,
                        draw -> {
                            String digits = draw.of(DIGITS, 8);
                            return digits + "TRWAGMYFPDXBNJZSQVHLCKE".charAt(Integer.parseInt(digits) % 23);
                        },
                        draw -> {
                            String digits = draw.of(DIGITS, 8);
                            return digits + "TRWAGMYFPDXBNJZSQVHLCKE".charAt((Integer.parseInt(digits) + 3) % 23);
                        }),
                new RuleCases(
                        "it-codice-fiscale",
                        ANYWHERE,
                        draw -> until(() -> fiscalCode(draw), CheckDigits::codiceFiscale),
                        draw -> until(() -> fiscalCode(draw), code -> !CheckDigits.codiceFiscale(code))),
                new RuleCases(
                        "br-cpf",
                        ANYWHERE,
                        draw -> grouped(until(() -> draw.of(DIGITS, 11), CheckDigits::cpf), ".", 3, 3, 3, 2)
                                .replaceFirst("\\.(\\d\\d)$", "-$1"),
                        draw -> grouped(
                                        until(() -> draw.of(DIGITS, 11), number -> !CheckDigits.cpf(number)),
                                        ".",
                                        3,
                                        3,
                                        3,
                                        2)
                                .replaceFirst("\\.(\\d\\d)$", "-$1")),
                new RuleCases(
                        "in-aadhaar",
                        ANYWHERE,
                        draw -> grouped(
                                until(() -> draw.number(2, 9) + draw.of(DIGITS, 11), CheckDigits::verhoeff),
                                " ",
                                4,
                                4,
                                4),
                        draw -> grouped(
                                until(
                                        () -> draw.number(2, 9) + draw.of(DIGITS, 11),
                                        number -> !CheckDigits.verhoeff(number)),
                                " ",
                                4,
                                4,
                                4)),
                new RuleCases(
                        "ca-sin",
                        List.of("SIN %s", "social insurance number: %s"),
                        draw -> grouped(
                                until(() -> draw.number(1, 7) + draw.of(DIGITS, 8), CheckDigits::luhn), " ", 3, 3, 3),
                        draw -> "SIN "
                                + grouped(
                                        until(
                                                () -> draw.number(1, 7) + draw.of(DIGITS, 8),
                                                number -> !CheckDigits.luhn(number)),
                                        " ",
                                        3,
                                        3,
                                        3)));
    }

    static List<RuleCases> networkAndPerson() {
        return List.of(
                new RuleCases(
                        "ip-address",
                        ANYWHERE,
                        draw -> draw.any("81", "145", "203", "51") + "." + draw.number(0, 9) + "."
                                + draw.number(100, 255) + "." + draw.number(10, 99),
                        draw -> draw.any(
                                "10.1.2.3",
                                "192.168.0.17",
                                "127.0.0.1",
                                "172.20.1.1",
                                "version 4.2.1.9",
                                "v1.2.3.4",
                                "300.1.2.3",
                                "1.2.3.4.5",
                                "0.0.0.0",
                                "8.8.8.8",
                                "section 4.5.6")),
                new RuleCases(
                        "ipv6-address",
                        ANYWHERE,
                        draw -> draw.any(
                                "2a02:" + draw.of(HEX, 4) + ":" + draw.of(HEX, 4) + "::" + draw.of(HEX, 2),
                                "2001:" + grouped(draw.of("123456789abcdef", 28), ":", 4, 4, 4, 4, 4, 4, 4)),
                        draw -> draw.any(
                                "fe80::1",
                                "::1",
                                "fd00:12:34::1",
                                "std::vector",
                                "12:34:56",
                                "2001: a space odyssey",
                                "a::b",
                                "2000:1",
                                "ff02::2")),
                new RuleCases(
                        "mac-address",
                        ANYWHERE,
                        draw -> grouped(
                                        draw.any("00", "3c", "a4") + draw.of("123456789abcdef", 10),
                                        draw.any(":", "-"),
                                        2,
                                        2,
                                        2,
                                        2,
                                        2,
                                        2)
                                .toUpperCase(Locale.ROOT),
                        draw -> draw.any(
                                "00:00:00:00:00:00",
                                "12:34:56",
                                "ff:ff:ff:ff:ff:ff",
                                "a1:b2:c3:d4:e5",
                                "2024-10-11",
                                "de-ad-be-ef")),
                new RuleCases(
                        "date-of-birth",
                        List.of(
                                "born %s in Rome",
                                "Date of birth: %s", "DOB %s", "\"birthdate\": \"%s\"", "she was born on %s"),
                        draw -> draw.any(
                                "19" + draw.number(30, 99) + "-0" + draw.number(1, 9) + "-1" + draw.number(0, 9),
                                draw.number(1, 12) + "/" + draw.number(10, 28) + "/19" + draw.number(50, 99),
                                draw.any("May ", "June ", "Oct ") + draw.number(10, 28) + ", 19" + draw.number(50, 99),
                                draw.number(10, 28)
                                        + draw.any(". März 1970", " March 1971", " of July 1980")
                                                .replace("\u00E4", "a")
                                                .replace("Marz", "Mar")),
                        draw -> draw.any(
                                "born in 1970",
                                "stubborn 12/10/1999",
                                "the meeting of 2024-05-01",
                                "born free",
                                "the airborne unit of 1944-06-06",
                                "reborn: 2020-01-01")),
                new RuleCases(
                        "passport",
                        List.of("passport number %s", "Passport No. %s", "passport: %s"),
                        draw -> draw.of(UPPER, 1) + draw.of(DIGITS, 8),
                        draw -> draw.any(
                                "passport control at gate 12",
                                "passport 2024",
                                "a passport is required",
                                "number X12345678 on the list")),
                new RuleCases(
                        "coordinates",
                        List.of(
                                "lat/lon: %s",
                                "{\"coordinates\": [%s]}",
                                "The GPS log\nsays %s here",
                                "Latitude and longitude of the house: %s",
                                "user_lat, user_lon = %s",
                                "We noted %s\u00B0 in the log."),
                        draw -> draw.number(10, 89) + "." + draw.of(DIGITS, 5)
                                + draw.any("", "\u00B0", " N", "\u00B0 S") + ", " + draw.any("", "-")
                                + draw.number(100, 179) + "." + draw.of(DIGITS, 5),
                        draw -> draw.any(
                                "3.14159 and 2.71828",
                                "48.85, 2.29",
                                "95.12345, 200.12345",
                                "1.0000, 2",
                                "0.1234 0.5678",
                                "[0.7569, 0.2818]",
                                "latency and, later, long runs: 10.7569, 12.2818",
                                "gps is far away from the two numbers at the end of this: 48.8584, 2.2945")),
                new RuleCases(
                        "vehicle-id",
                        ANYWHERE,
                        draw -> until(
                                () -> draw.of("1234567ABCDEFGHJKLMNPRSTUVWXYZ", 8)
                                        + draw.of(DIGITS + "X", 1)
                                        + draw.of("ABCDEFGH", 2)
                                        + draw.of(DIGITS, 6),
                                CheckDigits::vin),
                        draw -> until(
                                () -> draw.of("1234567ABCDEFGHJKLMNPRSTUVWXYZ", 8) + draw.of(DIGITS, 1) + "AB"
                                        + draw.of(DIGITS, 6),
                                vin -> !CheckDigits.vin(vin))));
    }

    /** Texts of no rule in particular in which nothing may be found. */
    static List<String> harmless() {
        return List.of(
                "The build took 12 minutes and 34 seconds on 2024-11-05 at 13:45:59.",
                "commit 3f786850e387550fdab836ed7e6dc881de23001b fixed it",
                "id 550e8400-e29b-41d4-a716-446655440000 of the request",
                "ISBN 978-3-16-148410-0 costs 1,299.00 EUR",
                "malware--03eb4a05-6a02-43f6-afb7-3c7835501828 uses T1016.001",
                "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "net use \\\\127.0.0.1\\c$ and cmd.exe /c whoami",
                "Windows 10.0.19041.1 and Linux 5.15.0-91-generic",
                "https://docs.example.org/a/b?id=12345&page=2#top",
                "HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Windows\\CurrentVersion\\Run",
                "pi is 3.14159265358979 and e is 2.71828182845904",
                "0x7fffdeadbeef and 0xCAFEBABE are addresses",
                "In 1984, 42 of 1,337 people (3.1 %) chose option B-52.",
                "The secret of success: token effort is not enough.",
                "password policy: at least 12 characters",
                "phone home: the malware beacons every 60 seconds",
                "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16",
                "12345678901234567890123456789012345678901234567890",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "ratio 16:9, chapter 3:16, score 2-1, dates 01-02-03");
    }

    private static String card(Draw draw) {
        String visa = until(() -> "4" + draw.of(DIGITS, 15), CheckDigits::luhn);
        String mastercard = until(() -> "52" + draw.of(DIGITS, 14), CheckDigits::luhn);
        String amex = until(() -> "37" + draw.of(DIGITS, 13), CheckDigits::luhn);
        return draw.any(
                visa,
                grouped(visa, " ", 4, 4, 4, 4),
                grouped(mastercard, "-", 4, 4, 4, 4),
                grouped(amex, " ", 4, 6, 5));
    }

    private static String fiscalCode(Draw draw) {
        return draw.of(UPPER, 6)
                + draw.of(DIGITS, 2)
                + draw.of("ABCDEHLMPRST", 1)
                + draw.of(DIGITS, 2)
                + draw.of(UPPER, 1)
                + draw.of(DIGITS, 3)
                + draw.of(UPPER, 1);
    }

    private static boolean isNhs(String number) {
        int rest = 11 - CheckDigits.weighted(number, 10, 9, 8, 7, 6, 5, 4, 3, 2) % 11;
        return rest % 11 == number.charAt(9) - '0';
    }

    private static boolean isGermanTaxId(String number) {
        long repeated = number.substring(0, 10).chars().distinct().count();
        boolean isOnceRepeated = repeated == 9
                || (repeated == 8 && number.substring(0, 10).chars().anyMatch(c -> count(number, c) == 3));
        return isOnceRepeated && CheckDigits.mod11And10(number);
    }

    private static long count(String number, int digit) {
        return number.substring(0, 10).chars().filter(c -> c == digit).count();
    }
}
