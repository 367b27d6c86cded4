package dev.finetune4j.aws.sagemaker;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.finetune4j.json.Json;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;

/**
 * Amazon's training images with the libtorch that the worker is built for. Every region has them in a registry of its own.
 *
 * @param source where the registries stand
 * @param repository name of the image
 * @param gpuTag its version for machines with GPUs
 * @param cpuTag its version for the others
 * @param registryByRegion account that holds the registry
 */
record VendorImages(
        String source, String repository, String gpuTag, String cpuTag, Map<String, String> registryByRegion) {
    static VendorImages shipped() {
        return Json.resource(VendorImages.class, "images.json", new TypeReference<>() {});
    }

    /** The image for a machine in a region; empty where no registry is known. */
    Optional<String> image(String region, boolean hasGpu) {
        return Optional.ofNullable(registryByRegion.get(region))
                .map(account -> account + ".dkr.ecr." + region + "."
                        + PartitionMetadata.of(Region.of(region)).dnsSuffix() + "/" + repository + ":"
                        + (hasGpu ? gpuTag : cpuTag));
    }
}
