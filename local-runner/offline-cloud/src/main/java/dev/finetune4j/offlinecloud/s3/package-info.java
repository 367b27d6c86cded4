/** S3: buckets and objects of an account, and the protocol by which clients reach them. */
@NullMarked
package dev.finetune4j.offlinecloud.s3;

import org.jspecify.annotations.NullMarked;
