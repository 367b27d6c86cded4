package dev.finetune4j.engine.report;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.json.Json;
import dev.finetune4j.value.Kind;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Generates the JSON Schema of {@code report.json} from its record, by the conventions of {@link Json}. */
final class ReportSchema {
    private static final Set<Class<?>> TEXTS =
            Set.of(RunId.class, ProviderId.class, MetricName.class, Duration.class, Instant.class);

    private ReportSchema() {}

    static String generate() {
        SchemaGeneratorConfigBuilder config = new SchemaGeneratorConfigBuilder(
                        SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
                .with(Option.DEFINITIONS_FOR_ALL_OBJECTS, Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES);
        config.forTypesInGeneral().withCustomDefinitionProvider(ReportSchema::definition);
        config.forFields()
                .withRequiredCheck(
                        field -> !field.getRawMember().getAnnotatedType().isAnnotationPresent(Nullable.class));
        ObjectNode generated = new SchemaGenerator(config.build()).generateSchema(RunReport.class);
        ObjectNode schema = Json.records().createObjectNode();
        schema.set("$schema", generated.remove("$schema"));
        schema.put("title", "finetune4j run report, format " + RunReport.FORMAT);
        schema.setAll(generated);
        return Json.pretty(schema) + "\n";
    }

    private static @Nullable CustomDefinition definition(ResolvedType type, SchemaGenerationContext context) {
        Class<?> erased = type.getErasedType();
        if (TEXTS.contains(erased)) {
            return inline("string");
        }
        if (erased == FineTuneJob.class) {
            ObjectNode job = Json.records().createObjectNode();
            job.put("type", "object").put("description", "The job, spelled as in a job file.");
            return new CustomDefinition(job, true);
        }
        if (erased.isEnum()) {
            ObjectNode node = Json.records().createObjectNode().put("type", "string");
            ArrayNode values = node.putArray("enum");
            Arrays.stream(erased.getEnumConstants())
                    .map(constant ->
                            constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .forEach(values::add);
            return new CustomDefinition(node, true);
        }
        return erased.isInterface() && erased.isSealed() ? variants(erased, context) : null;
    }

    private static CustomDefinition variants(Class<?> sealed, SchemaGenerationContext context) {
        ObjectNode node = Json.records().createObjectNode();
        ArrayNode variants = node.putArray("oneOf");
        for (Class<?> variant : sealed.getPermittedSubclasses()) {
            String kind = Objects.requireNonNull(variant.getAnnotation(Kind.class), variant.getName())
                    .value();
            JsonNode reference =
                    context.createDefinitionReference(context.getTypeContext().resolve(variant));
            ObjectNode kindOnly = Json.records().createObjectNode().put("type", "object");
            kindOnly.putObject("properties").putObject("kind").put("const", kind);
            kindOnly.putArray("required").add("kind");
            variants.addObject().putArray("allOf").add(reference).add(kindOnly);
        }
        return new CustomDefinition(node, true);
    }

    private static CustomDefinition inline(String type) {
        return new CustomDefinition(Json.records().createObjectNode().put("type", type), true);
    }
}
