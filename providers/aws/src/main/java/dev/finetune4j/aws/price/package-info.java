/** Reads the AWS Price List API. */
@NullMarked
package dev.finetune4j.aws.price;

import org.jspecify.annotations.NullMarked;
