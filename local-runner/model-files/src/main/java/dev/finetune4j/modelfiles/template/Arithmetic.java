package dev.finetune4j.modelfiles.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** The operators {@code + - * / // % **} on numbers, texts and lists. */
final class Arithmetic {
    private static final long LARGEST_POWER = 10_000;
    private static final long CHARACTERS_PER_ELEMENT = 16;

    private Arithmetic() {}

    static Object apply(Execution execution, String operator, Object a, Object b) {
        if (a instanceof Undefined undefined) {
            throw undefined.fault();
        }
        if (b instanceof Undefined undefined) {
            throw undefined.fault();
        }
        if (operator.equals("+") && a instanceof String x && b instanceof String y) {
            execution.charge((long) x.length() + y.length());
            return x + y;
        }
        if (operator.equals("+") && a instanceof List<?> x && b instanceof List<?> y && sameKind(x, y)) {
            execution.charge(CHARACTERS_PER_ELEMENT * ((long) x.size() + y.size()));
            List<Object> sum = new ArrayList<>(x);
            sum.addAll(y);
            return a instanceof Tuple ? new Tuple(sum) : sum;
        }
        if (operator.equals("%") && a instanceof String format) {
            return TextFormat.percent(execution, format, b instanceof Tuple tuple ? tuple : List.of(b));
        }
        if (operator.equals("*") && a instanceof String text && b instanceof Long times) {
            long count = Math.max(0, times);
            execution.charge(saturatedProduct(count, text.length()));
            return text.repeat((int) count);
        }
        if (!Values.isNumber(a) || !Values.isNumber(b)) {
            throw TemplateFault.failure("unsupported operand types for " + operator + ": '" + Values.typeName(a)
                    + "' and '" + Values.typeName(b) + "'");
        }
        return numbers(operator, Values.number(a), Values.number(b));
    }

    /** Whether {@code a % b == 0}. */
    static boolean isDivisible(Object a, Object b) {
        return Values.number(numbers("%", Values.number(a), Values.number(b))).doubleValue() == 0;
    }

    private static boolean sameKind(List<?> x, List<?> y) {
        return x instanceof Tuple == y instanceof Tuple && !(x instanceof Generated) && !(y instanceof Generated);
    }

    private static long saturatedProduct(long count, int length) {
        long high = Math.multiplyHigh(count, length);
        return high == 0 && count * length >= 0 ? count * length : Long.MAX_VALUE;
    }

    private static Object numbers(String operator, Number a, Number b) {
        boolean divides = operator.equals("/") || operator.equals("//") || operator.equals("%");
        if (divides && b.doubleValue() == 0) {
            throw TemplateFault.failure("division by zero");
        }
        try {
            return a instanceof Long x && b instanceof Long y && !operator.equals("/")
                    ? wholes(operator, x, y)
                    : reals(operator, a.doubleValue(), b.doubleValue());
        } catch (ArithmeticException e) {
            throw TemplateFault.failure("a whole number beyond 64 bits: " + a + " " + operator + " " + b);
        }
    }

    private static Object wholes(String operator, long a, long b) {
        return switch (operator) {
            case "+" -> Math.addExact(a, b);
            case "-" -> Math.subtractExact(a, b);
            case "*" -> Math.multiplyExact(a, b);
            case "//" -> Math.floorDiv(a, b);
            case "%" -> Math.floorMod(a, b);
            default -> power(a, b);
        };
    }

    private static Object power(long base, long exponent) {
        if (exponent < 0) {
            return Math.pow((double) base, (double) exponent);
        }
        if (exponent > LARGEST_POWER) {
            throw TemplateFault.limit("a power of " + exponent + "; at most " + LARGEST_POWER);
        }
        return BigInteger.valueOf(base).pow((int) exponent).longValueExact();
    }

    private static Object reals(String operator, double a, double b) {
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / b;
            case "//" -> Math.floor(a / b);
            case "%" -> a - b * Math.floor(a / b);
            default -> Math.pow(a, b);
        };
    }
}
