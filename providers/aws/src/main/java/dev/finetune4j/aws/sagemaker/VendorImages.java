package dev.finetune4j.aws.sagemaker;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.finetune4j.json.Json;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;

/**
 * Amazon's training images that workers run in. Every region has them in a registry of its own.
 *
 * @param source where the registries stand
 * @param gpuImage repository and tag for machines with GPUs: torch, transformers and PEFT
 * @param cpuImage repository and tag for the others: the libtorch that the training core is built for
 * @param registryByRegion account that holds the registry
 */
record VendorImages(String source, String gpuImage, String cpuImage, Map<String, String> registryByRegion) {
    static VendorImages shipped() {
        return Json.resource(VendorImages.class, "images.json", new TypeReference<>() {});
    }

    /** The image for a machine in a region; empty where no registry is known. */
    Optional<String> image(String region, boolean hasGpu) {
        return Optional.ofNullable(registryByRegion.get(region))
                .map(account -> account + ".dkr.ecr." + region + "." + dnsSuffix(region) + "/"
                        + (hasGpu ? gpuImage : cpuImage));
    }

    /** What names of Amazon's hosts of a region end with. */
    static String dnsSuffix(String region) {
        return PartitionMetadata.of(Region.of(region)).dnsSuffix();
    }
}
