package dev.finetune4j.engine.check.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Published numbers of issuers' own test sets and encyclopedias. */
class CheckDigitsTest {
    @Test
    void acceptsPublishedNumbersAndRefusesTheirNeighbours() {
        assertThat(List.of("4111111111111111", "378282246310005", "5555555555554444", "6011111111111117", "046454286"))
                .allMatch(CheckDigits::luhn);
        assertThat(CheckDigits.luhn("4111111111111112")).isFalse();
        assertThat(List.of("DE89370400440532013000", "GB82WEST12345698765432", "FR1420041010050500013M02606"))
                .allMatch(CheckDigits::iban);
        assertThat(CheckDigits.iban("DE89370400440532013001")).isFalse();
        assertThat(List.of("86095742719", "47036892816", "65929970489")).allMatch(CheckDigits::mod11And10);
        assertThat(CheckDigits.mod11And10("86095742718")).isFalse();
        assertThat(CheckDigits.verhoeff("2363")).isTrue();
        assertThat(CheckDigits.verhoeff("2364")).isFalse();
        assertThat(List.of("52998224725", "11144477735")).allMatch(CheckDigits::cpf);
        assertThat(CheckDigits.cpf("52998224726")).isFalse();
        assertThat(CheckDigits.codiceFiscale("RSSMRA85T10A562S")).isTrue();
        assertThat(CheckDigits.codiceFiscale("RSSMRA85T10A562T")).isFalse();
        assertThat(List.of("1M8GDM9AXKP042788", "11111111111111111")).allMatch(CheckDigits::vin);
        assertThat(CheckDigits.vin("1M8GDM9A1KP042788")).isFalse();
        assertThat(CheckDigits.weighted("021000021", 3, 7, 1, 3, 7, 1, 3, 7, 1) % 10)
                .isZero();
    }

    @Test
    void detectsEverySingleWrongDigitByVerhoeff() {
        String valid = "2363";

        for (int at = 0; at < valid.length(); at++) {
            for (char digit = '0'; digit <= '9'; digit++) {
                String changed = valid.substring(0, at) + digit + valid.substring(at + 1);
                assertThat(CheckDigits.verhoeff(changed)).as(changed).isEqualTo(changed.equals(valid));
            }
        }
    }
}
