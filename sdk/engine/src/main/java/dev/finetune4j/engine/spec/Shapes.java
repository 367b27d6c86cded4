package dev.finetune4j.engine.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.KebabCaseStrategy;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.engine.spec.Shape.Choice;
import dev.finetune4j.engine.spec.Shape.Field;
import dev.finetune4j.engine.spec.Shape.Fields;
import dev.finetune4j.engine.spec.Shape.Flag;
import dev.finetune4j.engine.spec.Shape.Listing;
import dev.finetune4j.engine.spec.Shape.Table;
import dev.finetune4j.engine.spec.Shape.Text;
import dev.finetune4j.engine.spec.Shape.Variants;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.job.SourceSpec;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.json.Durations;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.value.Checks;
import dev.finetune4j.value.Describe;
import dev.finetune4j.value.Form;
import dev.finetune4j.value.Inline;
import dev.finetune4j.value.Kind;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.Range;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads shapes, ranges and defaults off the API records, so that they are written down once. */
final class Shapes {
    /** What has no default: in each record the arguments of its shortest factory. */
    private static final Map<Class<?>, Set<String>> REQUIRED = Map.of(
            FineTuneJob.class, Set.of("name", "model", "task", "data"),
            TaskSpec.class, Set.of("kind"),
            SourceSpec.class, Set.of("from"));

    /** The one key that people write most; its value may stand in place of the mapping. */
    private static final Map<Class<?>, String> SHORTHANDS =
            Map.of(TaskSpec.class, "kind", DataSpec.class, "file", SourceSpec.class, "from");

    private static final String DURATION = "P\\S+|(?=\\d)(?:\\d+d)?(?:\\d+h)?(?:\\d+m(?:in)?)?(?:\\d+(?:\\.\\d+)?s)?";
    private static final Map<Class<?>, Text> TEXTS = Map.of(
            String.class,
            new Text("a text", "\"...\"", "[\\s\\S]*\\S[\\s\\S]*", text -> Checks.notBlank("text", text)),
            ModelRef.class,
            new Text(
                    "a model: a catalogue id, hf:ORG/NAME@REVISION, a folder or a .gguf file",
                    "smollm2-135m-instruct",
                    "[\\s\\S]*\\S[\\s\\S]*",
                    ModelRef::parse),
            ProviderId.class,
            new Text(
                    "the id of a target: lower-case letters, digits and hyphens",
                    "local",
                    "[a-z][a-z0-9-]{0,39}",
                    ProviderId::parse),
            MetricName.class,
            new Text("the name of a metric", "accuracy", "[\\s\\S]*\\S[\\s\\S]*", MetricName::parse),
            Money.class,
            new Text(
                    "an amount and a currency such as 12.50 USD",
                    "12.50 USD",
                    "\\d+(?:\\.\\d+)? [A-Z]{3}",
                    Money::parse),
            Duration.class,
            new Text("a duration such as 90s, 45m or 2h30m", "45m", DURATION, Shapes::positiveDuration));

    private static final Text SOURCE_NAME = name("a table name of letters, digits and _", "attack_patterns");
    private static final Text MODULE_NAME = name("the name of a linear layer, such as q_proj", "q_proj");

    /** Each provider knows the names of its own settings and tells what is wrong with them. */
    private static final Table PLACES = new Table(
            new Table(
                    new Shape.Plain("eu-central-1"),
                    text("a setting of letters, digits and hyphens", "region", "[a-z][a-zA-Z0-9-]{0,62}")),
            text("the id of a target: lower-case letters, digits and hyphens", "local", "[a-z][a-z0-9-]{0,39}"));

    private static final KebabCaseStrategy KEBAB = new KebabCaseStrategy();
    private static final ObjectNode DEFAULTS = jobDefaults();
    private static final Fields JOB = fields(FineTuneJob.class, DEFAULTS);

    private Shapes() {}

    /** The whole job file. */
    static Fields job() {
        return JOB;
    }

    /** What a job file says of places, alone. */
    static Fields places() {
        return new Fields(List.of(JOB.field("places")), null);
    }

    /** Every default of a job, as a tree; keys that have none are absent. */
    static ObjectNode defaults() {
        return DEFAULTS.deepCopy();
    }

    /** Every default of a job with a tuning method. */
    static ObjectNode defaults(String methodKind) {
        ObjectNode defaults = defaults();
        defaults.set("method", methodDefaults(methodKind));
        for (Class<?> method : TuningMethod.class.getPermittedSubclasses()) {
            if (method.getAnnotation(Kind.class).value().equals(methodKind)) {
                TuningMethod byDefault = (TuningMethod) defaultOf(method);
                defaults.withObjectProperty("training").put("learning-rate", byDefault.defaultLearningRate());
            }
        }
        return defaults;
    }

    private static ObjectNode methodDefaults(String kind) {
        ObjectNode defaults = Json.jobs().createObjectNode().put(Variants.KIND, kind);
        Fields fields = ((Variants) JOB.field("method").shape()).byKind().get(kind);
        if (fields != null) {
            for (Field field : fields.fields()) {
                if (field.byDefault() != null) {
                    defaults.set(field.key(), field.byDefault().deepCopy());
                }
            }
        }
        return defaults;
    }

    /** Whether values of a type stand in a job file as one text. */
    static boolean isText(Class<?> type) {
        return TEXTS.containsKey(type);
    }

    /** The job file's spelling of a record component. */
    static String key(String component) {
        return KEBAB.translate(component);
    }

    /** The job file's spelling of an enum constant. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static ObjectNode jobDefaults() {
        FineTuneJob sample = FineTuneJob.builder(
                        "name", ModelRef.parse("model"), TaskSpec.of(TaskKind.CLASSIFICATION), DataSpec.ofFile("file"))
                .build();
        ObjectNode tree = JobTree.of(sample);
        tree.remove(List.of("name", "model"));
        ((ObjectNode) tree.get("task")).remove("kind");
        ((ObjectNode) tree.get("data")).remove("file");
        return tree;
    }

    private static Fields fields(Class<?> type, @Nullable JsonNode defaults) {
        List<Field> fields = new ArrayList<>();
        Set<String> required = REQUIRED.getOrDefault(type, Set.of());
        for (RecordComponent component : type.getRecordComponents()) {
            if (component.isAnnotationPresent(Inline.class)) {
                fields.addAll(fields(component.getType(), defaults).fields());
                continue;
            }
            String key = key(component.getName());
            JsonNode byDefault = defaults == null ? null : defaults.get(key);
            Describe describe = component.getAnnotation(Describe.class);
            Shape shape = shape(component, byDefault);
            fields.add(new Field(
                    key,
                    shape,
                    describe.value(),
                    describe.example().isEmpty() ? shape.example() : describe.example(),
                    required.contains(key),
                    component.getAnnotatedType().isAnnotationPresent(Nullable.class),
                    byDefault));
        }
        return new Fields(List.copyOf(fields), SHORTHANDS.get(type));
    }

    private static Shape shape(RecordComponent component, @Nullable JsonNode byDefault) {
        Class<?> type = component.getType();
        Form form = component.getAnnotation(Form.class);
        if (form != null) {
            return formed(form);
        }
        if (type == String.class
                && component.getDeclaringRecord() == DataSpec.class
                && component.getName().equals("format")) {
            return new Choice(DataSpec.FORMATS);
        }
        Range range = component.getAnnotation(Range.class);
        if (type == List.class) {
            boolean allowsNone = byDefault != null && byDefault.isEmpty();
            return new Listing(shape(argument(component, 0), range, null), allowsNone);
        } else if (type == Map.class) {
            return component.getDeclaringRecord() == FineTuneJob.class ? PLACES : table(component, range);
        }
        return shape(type, range, byDefault);
    }

    private static Table table(RecordComponent component, @Nullable Range range) {
        boolean isOfSources = component.getDeclaringRecord() == DataSpec.class;
        return new Table(shape(argument(component, 1), range, null), isOfSources ? SOURCE_NAME : MODULE_NAME);
    }

    private static Shape shape(Class<?> type, @Nullable Range range, @Nullable JsonNode byDefault) {
        double least = range == null ? Double.NEGATIVE_INFINITY : range.min();
        double most = range == null ? Double.POSITIVE_INFINITY : range.max();
        if (type == int.class || type == Integer.class) {
            return whole(least, most, Integer.MIN_VALUE, Integer.MAX_VALUE);
        } else if (type == long.class) {
            return whole(least, most, Long.MIN_VALUE, Long.MAX_VALUE);
        } else if (type == double.class || type == Double.class) {
            return new Shape.Numeric(false, least, most);
        } else if (type == boolean.class || type == Boolean.class) {
            return new Flag();
        }
        return shape(type, byDefault);
    }

    private static Shape whole(double least, double most, long smallest, long largest) {
        double min = Math.max(least, (double) smallest);
        double max = Math.min(most, (double) largest);
        return new Shape.Numeric(true, min, max);
    }

    private static Text formed(Form form) {
        return text(form.wanted(), form.example(), form.pattern());
    }

    /** A name as it may stand in SQL. */
    private static Text name(String wanted, String example) {
        return text(wanted, example, "[A-Za-z_][A-Za-z0-9_]{0,62}");
    }

    private static Text text(String wanted, String example, String form) {
        Pattern pattern = Pattern.compile(form);
        return new Text(wanted, example, form, text -> {
            if (!pattern.matcher(text).matches()) {
                throw new IllegalArgumentException("must be " + wanted);
            }
        });
    }

    private static Shape shape(Class<?> type, @Nullable JsonNode byDefault) {
        Text text = TEXTS.get(type);
        if (text != null) {
            return text;
        } else if (type.isEnum()) {
            return new Choice(Arrays.stream(type.getEnumConstants())
                    .map(constant -> word((Enum<?>) constant))
                    .toList());
        } else if (type.isSealed()) {
            return variants(type);
        } else if (type.isRecord()) {
            return fields(type, byDefault);
        }
        throw new IllegalStateException("a job record has a component of type " + type + " without a form in YAML");
    }

    private static Variants variants(Class<?> sealed) {
        Map<String, Fields> byKind = new LinkedHashMap<>();
        for (Class<?> variant : sealed.getPermittedSubclasses()) {
            byKind.put(variant.getAnnotation(Kind.class).value(), fields(variant, defaultsOf(variant)));
        }
        return new Variants(byKind);
    }

    private static ObjectNode defaultsOf(Class<?> variant) {
        return JobTree.ofRecord(defaultOf(variant));
    }

    /** By the house's convention a variant has a static {@code defaults()}. */
    private static Record defaultOf(Class<?> variant) {
        try {
            return (Record) variant.getMethod("defaults").invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(variant + " needs a public static defaults()", e);
        }
    }

    private static Class<?> argument(RecordComponent component, int index) {
        Type argument = ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[index];
        return (Class<?>) argument;
    }

    private static void positiveDuration(String text) {
        Duration duration = Durations.parse(text);
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException("a duration must be positive, was " + text);
        }
    }
}
