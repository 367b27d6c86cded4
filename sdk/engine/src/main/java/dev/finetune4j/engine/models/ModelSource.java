package dev.finetune4j.engine.models;

import org.jspecify.annotations.Nullable;

/**
 * One place where a model's files are to be had.
 *
 * @param from {@code hf:ORG/NAME}, or an address as a data source has it, such as {@code pypi:NAME==VERSION!path}
 * @param sha256 the expected SHA-256 of the file, or null where {@code from} is a repository with digests of its own
 */
public record ModelSource(String from, @Nullable String sha256) {}
