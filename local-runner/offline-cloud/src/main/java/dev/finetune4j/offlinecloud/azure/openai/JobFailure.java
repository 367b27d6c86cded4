package dev.finetune4j.offlinecloud.azure.openai;

/**
 * Why a job failed.
 *
 * @param code by which programs tell one failure from another
 * @param message for people
 * @param param member of the request that is wrong; empty if none is
 */
public record JobFailure(String code, String message, String param) {}
