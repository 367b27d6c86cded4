package dev.finetune4j.cli;

import dev.finetune4j.value.Money;

/** An amount of money as an option of a command takes it. */
final class MoneyText {
    private static final String CURRENCY = "USD";

    private MoneyText() {}

    /**
     * Reads {@code 10 USD}; a number alone is of dollars.
     *
     * @throws IllegalArgumentException if the text is no money, or not above 0
     */
    static Money parse(String text) {
        if (text.startsWith("-")) {
            throw tooLittle(text);
        }
        Money money = Money.parse(text.matches("[\\d.]+") ? text + " " + CURRENCY : text);
        if (money.amount().signum() == 0) {
            throw tooLittle(text);
        }
        return money;
    }

    private static IllegalArgumentException tooLittle(String text) {
        return new IllegalArgumentException("must be above 0, was " + text);
    }

    /**
     * The same where all prices are in dollars.
     *
     * @throws IllegalArgumentException as {@link #parse}, and if it is of another currency
     */
    static Money dollars(String text) {
        Money money = parse(text);
        if (!money.currency().getCurrencyCode().equals(CURRENCY)) {
            throw new IllegalArgumentException("prices are in " + CURRENCY + ", was " + text);
        }
        return money;
    }
}
