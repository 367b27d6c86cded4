package dev.finetune4j.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.PrefixTuning;
import dev.finetune4j.method.PromptTuning;
import dev.finetune4j.value.Describe;
import dev.finetune4j.value.Range;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code @Range} says to the job file and its schema is what the constructors enforce. */
class RangeTest {
    private static final List<Record> DEFAULTS = List.of(
            SplitSpec.defaults(),
            CheckSpec.defaults(),
            TrainingSpec.defaults(),
            EvaluationSpec.defaults(),
            LoraTuning.defaults(),
            PromptTuning.defaults(),
            PrefixTuning.defaults());

    static Stream<RecordComponent> ranged() {
        return DEFAULTS.stream()
                .flatMap(record -> Arrays.stream(record.getClass().getRecordComponents()))
                .filter(component -> component.isAnnotationPresent(Range.class));
    }

    @ParameterizedTest
    @MethodSource("ranged")
    void bothEndsAreTaken(RecordComponent component) {
        Range range = component.getAnnotation(Range.class);

        assertThatCode(() -> with(component, range.min())).doesNotThrowAnyException();
        assertThatCode(() -> with(component, Math.min(range.max(), largest(component))))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("ranged")
    void whatLiesBeyondIsRefusedWithNameAndValue(RecordComponent component) {
        Range range = component.getAnnotation(Range.class);
        List<Double> beyond = new ArrayList<>(List.of(range.min() - 1));
        if (range.max() < largest(component)) {
            beyond.add(range.max() + 1);
        }
        if (!isWhole(component)) {
            beyond.add(Double.NaN);
            beyond.add(Double.POSITIVE_INFINITY);
        }

        for (double value : beyond) {
            assertThat(catchThrowable(() -> with(component, value)))
                    .as("%s = %s", component, value)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(kebab(component.getName()))
                    .hasMessageContaining("was ");
        }
    }

    @ParameterizedTest
    @MethodSource("ranged")
    void hasASentence(RecordComponent component) {
        assertThat(component.getAnnotation(Describe.class).value()).endsWith(".");
    }

    private static double largest(RecordComponent component) {
        return isWhole(component) ? Integer.MAX_VALUE : Double.MAX_VALUE;
    }

    /** Of a list or a map the range is that of each number in it. */
    private static boolean isWhole(RecordComponent component) {
        return component.getType() == int.class
                || component.getGenericType().getTypeName().contains("Integer");
    }

    private static void with(RecordComponent component, double value) throws Throwable {
        Record defaults = DEFAULTS.stream()
                .filter(record -> record.getClass() == component.getDeclaringRecord())
                .findFirst()
                .orElseThrow();
        RecordComponent[] components = component.getDeclaringRecord().getRecordComponents();
        Object[] arguments = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            arguments[i] = components[i].getAccessor().invoke(defaults);
            if (components[i].getName().equals(component.getName())) {
                arguments[i] = number(component, value);
            } else if (List.of("test", "validation").contains(components[i].getName())) {
                arguments[i] = 0.0;
            }
        }
        Constructor<?> constructor = component
                .getDeclaringRecord()
                .getDeclaredConstructor(
                        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        try {
            constructor.newInstance(arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static Object number(RecordComponent component, double value) {
        Object number = isWhole(component) ? (Object) (int) value : (Object) value;
        if (component.getType() == Map.class) {
            return Map.of("q_proj", number);
        }
        return component.getType() == List.class ? List.of(number) : number;
    }

    private static String kebab(String name) {
        return name.replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(java.util.Locale.ROOT);
    }
}
