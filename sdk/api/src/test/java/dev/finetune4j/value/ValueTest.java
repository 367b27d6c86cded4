package dev.finetune4j.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Currency;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ValueTest {
    @Test
    void moneyReadsBackWhatItWrites() {
        Random random = new Random(3);
        for (int i = 0; i < 500; i++) {
            Money money = new Money(
                    new BigDecimal(new java.math.BigInteger(40, random), random.nextInt(6)),
                    Currency.getInstance("USD"));

            assertThat(Money.parse(money.toString())).isEqualTo(money);
        }
    }

    @Test
    void moneyLastsForAThousandYearsAtMost() {
        Duration longest = Duration.ofDays(365_000);
        Money much = Money.parse("999999999999999999 USD");
        Money little = Money.parse("0.0001 USD");

        assertThat(Money.parse("5 USD").lasts(Money.parse("2 USD"))).isEqualTo(Duration.ofMinutes(150));
        assertThat(much.lasts(little)).isEqualTo(longest);
        assertThat(little.lasts(Money.parse("0 USD"))).isEqualTo(longest);
        assertThat(Money.parse("1 USD").forHours(longest)).isEqualTo(Money.parse("8760000.0000 USD"));
        assertThat(Money.parse("0 USD").forHours(Duration.ofSeconds(Long.MAX_VALUE)))
                .isEqualTo(Money.parse("0.0000 USD"));
        assertThatThrownBy(() -> much.lasts(Money.parse("1 EUR")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("of one currency");
    }

    @Test
    void moneyRefusesMoreDigitsThanAnyAmountHas() {
        assertThat(Money.parse("1e17 USD").amount()).isEqualByComparingTo("100000000000000000");
        for (String text : List.of("1e18 USD", "1e20 USD", "1e999999999 USD", "0e999999999 USD")) {
            assertThatThrownBy(() -> Money.parse(text))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("amount must have at most 18 digits before the point, was ");
        }
        assertThatThrownBy(() -> Money.parse("1e-999999999 USD"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("amount must have at most 100 digits after the point, was 1e-999999999 USD");
    }

    @Test
    void moneyRefusesWhatIsNone() {
        for (String text : List.of("", "12", "USD 12", "12 XYZ", "-1 USD", "1,5 USD", "1 USD extra")) {
            assertThatThrownBy(() -> Money.parse(text)).as(text).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void runIdsAreNamesThatEveryCloudTakes() {
        assertThat(RunId.parse("a-b-1")).hasToString("a-b-1");
        assertThat(RunId.of("a-b-1")).contains(new RunId("a-b-1"));
        assertThat(RunId.parse("a".repeat(63)).value()).hasSize(63);
        for (String text : List.of("", "-a", "a-", "a_b", "a".repeat(64))) {
            assertThatThrownBy(() -> RunId.parse(text)).as(text).hasMessageContaining("run id");
            assertThat(RunId.of(text)).as(text).isEmpty();
        }
    }

    @Test
    void checksNameFieldRangeAndValue() {
        assertThatThrownBy(() -> Checks.inRange("rank", 0, 1, 1024)).hasMessage("rank must be from 1 to 1024, was 0");
        assertThatThrownBy(() -> Checks.inRange("rows", -1, 0, Integer.MAX_VALUE))
                .hasMessage("rows must be at least 0, was -1");
        assertThatThrownBy(() -> Checks.inRange("share", 1.5, 0, 1)).hasMessage("share must be from 0 to 1, was 1.5");
        assertThatThrownBy(() -> Checks.inRange("alpha", -2.0, 0, Double.MAX_VALUE))
                .hasMessage("alpha must be at least 0, was -2");
        assertThatThrownBy(() -> Checks.nullOrNotBlank("file", "\t")).hasMessage("file must not be blank");
        assertThat(Checks.nullOrNotBlank("file", null)).isNull();
    }
}
