package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.sagemaker.OfflineHub.Content;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Models of the hub as version 2 of Amazon's SDK reads them, which does not ask the hub: by a list and one file for each version of a model,
 * in a bucket that anybody may read. What they say is what the hub's document says, in names of small letters, with keys where that has
 * addresses.
 */
final class JumpStartSpecs {
    /** The list of all models. */
    static final String MANIFEST = "models_manifest.json";

    /** The list of those that are sold by others. */
    static final String PROPRIETARY_MANIFEST = "proprietary-sdk-manifest.json";

    /** By which name files of versions call the image that the hub's document names. */
    private static final String USUAL_IMAGE = "training_ecr_uri";

    private static final Pattern ADDRESS = Pattern.compile("s3://[^/]+/(.*)");
    private static final Pattern IMAGE =
            Pattern.compile(".*/huggingface-pytorch-training:([\\d.]+)-transformers([\\d.]+)-gpu-(py\\d+)-.*");
    private static final Pattern WORD = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

    /** What an estimator is made with. */
    private static final Map<String, String> ESTIMATOR = Map.of(
            "EncryptInterContainerTraffic", "encrypt_inter_container_traffic",
            "MaxRuntimeInSeconds", "max_run",
            "DisableOutputCompression", "disable_output_compression");

    private JumpStartSpecs() {}

    /** What the list says of a version. */
    static ObjectNode header(Content content) {
        return Json.records()
                .createObjectNode()
                .put("model_id", content.name())
                .put("version", content.version())
                .put("min_version", content.document().path("MinSdkVersion").asText())
                .put("spec_key", key(content));
    }

    /** Where the file of a version lies. */
    static String key(Content content) {
        return "community_models_specs/" + content.name() + "/specs_v" + content.version() + ".json";
    }

    /**
     * The file of a version.
     *
     * @param region of the addresses in it
     */
    static ObjectNode spec(Content content, String region) {
        ObjectNode spec = Json.records()
                .createObjectNode()
                .put("model_id", content.name())
                .put("version", content.version());
        ObjectNode estimator = spec.putObject("estimator_kwargs");
        content.document().properties().forEach(member -> {
            String name = member.getKey();
            JsonNode value = member.getValue();
            Matcher address = ADDRESS.matcher(value.asText());
            if (ESTIMATOR.containsKey(name)) {
                estimator.set(ESTIMATOR.get(name), value);
            } else if (name.endsWith("EcrUri")) {
                addImage(spec, name, value.asText());
            } else if (address.matches()) {
                spec.put(snake(name.replaceFirst("Uri$", "Key")), address.group(1));
            } else if (name.equals("TrainingMetrics")) {
                spec.set("metrics", value);
            } else if (name.equals("TrainingInstanceTypeVariants")) {
                spec.set(snake(name), variants(content.document(), region));
            } else {
                spec.set(snake(name), snakes(value));
            }
        });
        return spec;
    }

    /** The SDK finds an image by what is in it. */
    private static void addImage(ObjectNode spec, String name, String uri) {
        Matcher image = IMAGE.matcher(uri);
        if (image.matches()) {
            spec.putObject(snake(name.replaceFirst("Uri$", "Specs")))
                    .put("framework", "huggingface")
                    .put("framework_version", image.group(1))
                    .put("huggingface_transformers_version", image.group(2))
                    .put("py_version", image.group(3));
        }
    }

    /** What is different on some machines. Images are told region by region, and that of the model for each family of its machines. */
    private static ObjectNode variants(ObjectNode document, String region) {
        JsonNode told = document.path("TrainingInstanceTypeVariants");
        ObjectNode all = Json.records().createObjectNode();
        ObjectNode aliases = all.putObject("regional_aliases").putObject(region);
        aliases.set(USUAL_IMAGE, document.path("TrainingEcrUri"));
        told.path("Aliases").properties().forEach(alias -> aliases.set(alias.getKey(), alias.getValue()));
        ObjectNode variants = all.putObject("variants");
        for (JsonNode machine : document.path("SupportedTrainingInstanceTypes")) {
            variants.withObject("/" + family(machine.asText()))
                    .putObject("regional_properties")
                    .put("image_uri", "$" + USUAL_IMAGE);
        }
        told.path("Variants").properties().forEach(variant -> {
            ObjectNode of = variants.withObject("/" + variant.getKey());
            ObjectNode properties = (ObjectNode) snakes(variant.getValue().path("Properties"));
            JsonNode image = properties.remove("image_uri");
            if (image != null) {
                of.putObject("regional_properties").set("image_uri", image);
            }
            of.set("properties", properties);
        });
        return all;
    }

    /** {@code ml.g5.xlarge} is one of {@code g5}. */
    private static String family(String machine) {
        return machine.split("\\.", -1)[1];
    }

    private static JsonNode snakes(JsonNode value) {
        if (value instanceof ObjectNode object) {
            ObjectNode all = Json.records().createObjectNode();
            object.properties().forEach(member -> all.set(snake(member.getKey()), snakes(member.getValue())));
            return all;
        }
        if (value instanceof ArrayNode list) {
            ArrayNode all = Json.records().createArrayNode();
            list.forEach(one -> all.add(snakes(one)));
            return all;
        }
        return value;
    }

    private static String snake(String name) {
        return String.join("_", List.of(WORD.split(name))).toLowerCase(Locale.ROOT);
    }
}
