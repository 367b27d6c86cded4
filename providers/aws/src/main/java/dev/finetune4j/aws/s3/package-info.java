/**
 * Files of jobs in S3: staged by their content, fetched in whole or not at all. Both go on where they were when they are called again, never
 * hold a file in memory, and have every byte proved by a checksum.
 */
@NullMarked
package dev.finetune4j.aws.s3;

import org.jspecify.annotations.NullMarked;
