package dev.finetune4j.offlinecloud.bedrock;

import dev.finetune4j.json.Json;
import java.nio.charset.StandardCharsets;

/**
 * ARNs of one account in one region.
 *
 * @param account twelve digits
 * @param region the region
 */
record Names(String account, String region) {
    private static final int ID_CHARACTERS = 12;

    /** A job's ARN, which holds the id of its base model. */
    String job(String name, String baseModel) {
        return own("model-customization-job/" + baseModel + "/" + id("job " + name));
    }

    /** ARN of what a job makes. */
    String customModel(CustomizationJob job) {
        return own("custom-model/" + job.request().base().id() + "/" + id("model " + job.arn()));
    }

    /** ARN of a base model, which belongs to nobody. */
    String foundationModel(String id) {
        return prefix() + ":" + region + "::foundation-model/" + id;
    }

    /** ARN of the model that a job begins with, which may be a tuned one. */
    String startOf(CustomizationRequest request) {
        return request.continued()
                .map(CustomModels.CustomModel::arn)
                .orElseGet(() -> foundationModel(request.base().id()));
    }

    /** ARN of a deployment or of throughput. */
    String hosting(String kind, String name) {
        return own(kind + "/" + id(kind + " " + name));
    }

    /** ARN of a job that brings a model in. */
    String importJob(String name) {
        return hosting("model-import-job", name);
    }

    /** ARN of the model that such a job brings in. */
    String importedModel(String jobName) {
        return hosting("imported-model", jobName);
    }

    /** ARN of a key. */
    String key(String id) {
        return "arn:aws:kms:" + region + ":" + account + ":key/" + id;
    }

    /** The id of a base model in its ARN, or the text itself where it is none. */
    String baseModelId(String idOrArn) {
        String start = foundationModel("");
        return idOrArn.startsWith(start) ? idOrArn.substring(start.length()) : idOrArn;
    }

    /** ARN of something of the account's. */
    String own(String resource) {
        return prefix() + ":" + region + ":" + account + ":" + resource;
    }

    private String prefix() {
        return "arn:" + (region.startsWith("us-gov-") ? "aws-us-gov" : "aws") + ":bedrock";
    }

    private static String id(String of) {
        return Json.sha256(of.getBytes(StandardCharsets.UTF_8)).substring(0, ID_CHARACTERS);
    }
}
