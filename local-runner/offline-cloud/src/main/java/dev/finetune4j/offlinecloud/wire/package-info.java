/** What services have in common on the wire: their models, their errors, and a server of Amazon's protocols. */
@NullMarked
package dev.finetune4j.offlinecloud.wire;

import org.jspecify.annotations.NullMarked;
