package dev.finetune4j.engine.check.privacy;

/** The checksums by which numbers of persons and accounts guard against slips. All take digits only unless said. */
final class CheckDigits {
    private static final int[][] VERHOEFF_PRODUCT = new int[10][10];
    private static final int[][] VERHOEFF_PERMUTATION = new int[8][10];

    static {
        for (int i = 0; i < 10; i++) {
            for (int j = 0; j < 10; j++) {
                VERHOEFF_PRODUCT[i][j] = dihedral(i, j);
            }
        }
        int[] once = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};
        for (int i = 0; i < 10; i++) {
            VERHOEFF_PERMUTATION[0][i] = i;
        }
        for (int row = 1; row < 8; row++) {
            for (int i = 0; i < 10; i++) {
                VERHOEFF_PERMUTATION[row][i] = VERHOEFF_PERMUTATION[row - 1][once[i]];
            }
        }
    }

    private CheckDigits() {}

    /** ISO/IEC 7812: payment cards, Canadian social insurance numbers. */
    static boolean luhn(String digits) {
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(digits.length() - 1 - i) - '0';
            int weighted = i % 2 == 0 ? digit : 2 * digit;
            sum += weighted > 9 ? weighted - 9 : weighted;
        }
        return sum % 10 == 0;
    }

    /** ISO 7064 MOD 97-10 of an IBAN, letters and digits, check digits third and fourth. */
    static boolean iban(String iban) {
        String rearranged = iban.substring(4) + iban.substring(0, 4);
        int remainder = 0;
        for (int i = 0; i < rearranged.length(); i++) {
            int value = Character.digit(rearranged.charAt(i), 36);
            remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
        }
        return remainder == 1;
    }

    /** ISO 7064 MOD 11,10: the German tax id. */
    static boolean mod11And10(String digits) {
        int product = 10;
        for (int i = 0; i < digits.length() - 1; i++) {
            int sum = (digits.charAt(i) - '0' + product) % 10;
            product = (sum == 0 ? 10 : sum) * 2 % 11;
        }
        int check = (11 - product) % 10;
        return check == digits.charAt(digits.length() - 1) - '0';
    }

    /** Verhoeff's code over the dihedral group D5: the Indian Aadhaar number. */
    static boolean verhoeff(String digits) {
        int check = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(digits.length() - 1 - i) - '0';
            check = VERHOEFF_PRODUCT[check][VERHOEFF_PERMUTATION[i % 8][digit]];
        }
        return check == 0;
    }

    /** Sum of the digits times the weights. */
    static int weighted(String digits, int... weights) {
        int sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i] * (digits.charAt(i) - '0');
        }
        return sum;
    }

    /** Both check digits of a Brazilian CPF. */
    static boolean cpf(String digits) {
        int first = weighted(digits, 10, 9, 8, 7, 6, 5, 4, 3, 2) * 10 % 11 % 10;
        int second = weighted(digits, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2) * 10 % 11 % 10;
        return first == digits.charAt(9) - '0' && second == digits.charAt(10) - '0';
    }

    /** Last letter of an Italian codice fiscale of 16 upper-case letters and digits (decree of 23 December 1976). */
    static boolean codiceFiscale(String code) {
        int[] odd = {1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
        int sum = 0;
        for (int i = 0; i < 15; i++) {
            char c = code.charAt(i);
            int value = c <= '9' ? c - '0' : c - 'A';
            sum += i % 2 == 0 ? odd[value] : value;
        }
        return code.charAt(15) == 'A' + sum % 26;
    }

    /** Check digit, the ninth of 17, of a North American vehicle identification number (49 CFR 565). */
    static boolean vin(String vin) {
        String letters = "ABCDEFGHJKLMNPRSTUVWXYZ";
        String values = "12345678123457923456789";
        int[] weights = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
        int sum = 0;
        for (int i = 0; i < 17; i++) {
            char c = vin.charAt(i);
            int letter = letters.indexOf(c);
            if (letter < 0 && !NumberGroups.isDigit(c)) {
                return false;
            }
            sum += weights[i] * (letter < 0 ? c - '0' : values.charAt(letter) - '0');
        }
        int check = sum % 11;
        return vin.charAt(8) == (check == 10 ? 'X' : (char) ('0' + check));
    }

    private static int dihedral(int i, int j) {
        if (i < 5) {
            return j < 5 ? (i + j) % 5 : 5 + (i + j - 5) % 5;
        }
        return j < 5 ? 5 + Math.floorMod(i - 5 - j, 5) : Math.floorMod(i - j, 5);
    }
}
