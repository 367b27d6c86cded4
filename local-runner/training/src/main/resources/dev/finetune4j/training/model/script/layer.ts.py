# One layer of a decoder of the Llama family (Touvron et al. 2023, https://arxiv.org/abs/2302.13971), in reading order:
#   h2 = h  + attention(norm(h))  Wo
#   h3 = h2 + gate(norm(h2) Wgu)  Wdown
# What later models add: norms of each query and key head (Qwen 3, https://arxiv.org/abs/2505.09388), and norms of what a branch adds
# to the stream, h2 = h + norm(attention(norm(h)) Wo) (Gemma 2, https://arxiv.org/abs/2408.00118). A norm that a model has not is [0].
# N tokens, C width, H query heads, K key heads, D head width, F feed-forward width, R what the ranks of a linear layer's adapters sum to.

# What the weights of a layer learn, float32 and in their shapes; [0] for each that is frozen.
class Gradient(NamedTuple):
  attention_norm : Tensor
  qkv : Tensor
  qkv_bias : Tensor
  query_norm : Tensor
  key_norm : Tensor
  out : Tensor
  out_bias : Tensor
  out_norm : Tensor
  feed_forward_norm : Tensor
  gate_up : Tensor
  gate_up_bias : Tensor
  down : Tensor
  down_bias : Tensor
  down_norm : Tensor

class Layer(NamedTuple):
  attention_norm : Tensor                      # [C]
  qkv : __torch__.linear.Linear                # C -> (H + 2 K) D
  query_norm : Tensor                          # [D]
  key_norm : Tensor                            # [D]
  out : __torch__.linear.Linear                # H D -> C
  out_norm : Tensor                            # [C]
  feed_forward_norm : Tensor                   # [C]
  gate_up : __torch__.linear.Linear            # C -> 2 F
  down : __torch__.linear.Linear               # F -> C
  down_norm : Tensor                           # [C]
  look : __torch__.attention.Look
  rotary : int                                 # which of the rotary tables turns its heads
  grad : __torch__.layer.Gradient
  trained_prefix : __torch__.prefix_tuning.Prefix      # keys and values of virtual tokens

class Shape(NamedTuple):
  heads : int                                  # H
  key_heads : int                              # K
  head_width : int                             # D
  eps : float                                  # of the norms
  gelu : bool                                  # whether the gate is gelu rather than silu

# The tokens of a micro-batch: where they stand, and who may look at whom.
class Place(NamedTuple):
  positions : Tensor                           # [N]
  cos : List[Tensor]                           # for each rotary table [N, 1, D/2]
  sin : List[Tensor]                           # for each rotary table [N, 1, D/2]
  prefix : int                                 # tokens in front that every sequence begins with, P
  groups : List[int]                           # pairs (sequences, tokens of each, behind the prefix)
  seed : int                                   # of dropout, negative for none

# What one layer leaves for its backward pass, in the workspace: what is made at each pass and outlives the layer would come to lie in the
# gap that the last passing tensor has left. out and h2 are one for all layers: a product of o makes them again, the smallest of a layer.
class Slot(NamedTuple):
  qkv : Tensor                                 # [N, (H + 2 K) D], queries and keys turned by their positions
  heads : Tensor                               # [N, H + K, D] queries and keys before their norm, or [0]
  o : Tensor                                   # [N, H D] result of attention
  out : Tensor                                 # [N, C] the attention branch before its norm, or [0]
  h2 : Tensor                                  # [N, C]
  gu : Tensor                                  # [N, 2 F]
  down : Tensor                                # [N, C] the feed-forward branch before its norm, or [0]
  h3 : Tensor                                  # [N, C] result of the layer
  factors : Tensor                             # [N, 2] float32 of the two norms
  low : Tensor                                 # [N, ..] x A^T of the adapters of all four linear layers

# ... and how it lies there.
class Trace(NamedTuple):
  h : Tensor                                   # [N, C] input of the layer
  r1 : Tensor                                  # [N, 1] float32, norm factor
  qkv_low : Tensor                             # [N, R] x A^T of the adapters; so of each linear layer
  out_low : Tensor                             # [N, R]
  r2 : Tensor                                  # [N, 1] float32
  gu_low : Tensor                              # [N, R]
  down_low : Tensor                            # [N, R]
  slot : __torch__.layer.Slot

# Scratch that all layers share. Feed-forward and attention have theirs in the same memory, one after the other.
class Scratch(NamedTuple):
  x : Tensor                                   # [N, C]
  dx : Tensor                                  # [N, C]
  dh : Tensor                                  # [N, C]
  wide : Tensor                                # [N, C] float32, or [0]
  m : Tensor                                   # [N, F], and then its gradient
  dgu : Tensor                                 # [N, 2 F]
  do : Tensor                                  # [N, H D]
  dqkv : Tensor                                # [N, (H + 2 K) D]
  scores : Tensor                              # [..] of a block of attention, made for each pass at most; in every layer anew, what
                                               # outlives the layer would come to lie in the gap that the last one has left
  dscores : Tensor                             # [..] as many, none where nothing is learned

# What the ranks of all its adapters sum to.
def ranks(layer: __torch__.layer.Layer) -> int:
  return layer.qkv.a.size(0) + layer.out.a.size(0) + layer.gate_up.a.size(0) + layer.down.a.size(0)

# A seed of its own for each of the four places of a layer where dropout may strike.
def site(seed: int, at: int) -> int:
  own = -1
  if seed >= 0:
    own = seed * 4 + at
  return own

# Norms the queries and keys of y [N, H + 2 K, D] head by head, where the layer does; plain [N, H + K, D] keeps them as they were.
def norm_heads(y: Tensor, layer: __torch__.layer.Layer, shape: __torch__.layer.Shape, plain: Tensor) -> Tensor:
  if layer.query_norm.numel() > 0:
    H = shape.heads
    Y = H + shape.key_heads
    plain.copy_(y[:, 0:Y])
    r = __torch__.rms_norm.factor(plain, shape.eps, __torch__.rms_norm.room(plain))    # [N, H + K, 1]
    q = plain[:, 0:H]
    k = plain[:, H:Y]
    __torch__.rms_norm.forward(q, r[:, 0:H], layer.query_norm, y[:, 0:H], __torch__.rms_norm.room(q))
    __torch__.rms_norm.forward(k, r[:, H:Y], layer.key_norm, y[:, H:Y], __torch__.rms_norm.room(k))
  return y

# From the gradient of the normed heads to that of the plain ones, in dy [N, H + 2 K, D].
def norm_heads_backward(dy: Tensor, plain: Tensor, layer: __torch__.layer.Layer, shape: __torch__.layer.Shape) -> Tensor:
  if layer.query_norm.numel() > 0:
    H = shape.heads
    Y = H + shape.key_heads
    r = __torch__.rms_norm.factor(plain, shape.eps, __torch__.rms_norm.room(plain))    # [N, H + K, 1]
    q = plain[:, 0:H]
    k = plain[:, H:Y]
    wide_q = __torch__.rms_norm.room(q)
    wide_k = __torch__.rms_norm.room(k)
    d = torch.zeros_like(plain)                                                        # [N, H + K, D]
    scratch = torch.empty_like(plain)
    __torch__.rms_norm.backward_weight(dy[:, 0:H], q, r[:, 0:H], layer.grad.query_norm, scratch[:, 0:H], wide_q)
    __torch__.rms_norm.backward_weight(dy[:, H:Y], k, r[:, H:Y], layer.grad.key_norm, scratch[:, H:Y], wide_k)
    __torch__.rms_norm.backward(dy[:, 0:H], q, r[:, 0:H], layer.query_norm, d[:, 0:H], scratch[:, 0:H], wide_q)
    __torch__.rms_norm.backward(dy[:, H:Y], k, r[:, H:Y], layer.key_norm, d[:, H:Y], scratch[:, H:Y], wide_k)
    dy[:, 0:Y].copy_(d)
  return dy

# Closes a branch: y = h + x W^T, or h + norm(x W^T), of which plain keeps x W^T. Writes y [N, C], and x A^T of the adapters to low, [N, R].
def join(h: Tensor, x: Tensor, linear: __torch__.linear.Linear, norm: Tensor, eps: float, seed: int, plain: Tensor, y: Tensor, low: Tensor) -> Tensor:
  if norm.numel() > 0:
    __torch__.linear.forward(x, linear, seed, plain, low)
    wide = __torch__.rms_norm.room(plain)
    __torch__.rms_norm.forward(plain, __torch__.rms_norm.factor(plain, eps, wide), norm, y, wide)
    y.add_(h)
  else:
    __torch__.linear.forward_residual(h, x, linear, seed, y, low)
  return y

# The gradient of x W^T, [N, C], from that of y, which stays as it is; adds that of the norm's weight.
def part(dh: Tensor, plain: Tensor, norm: Tensor, grad_norm: Tensor, eps: float) -> Tensor:
  d = dh
  if norm.numel() > 0:
    d = torch.zeros_like(dh)                                                           # [N, C]
    wide = __torch__.rms_norm.room(plain)
    r = __torch__.rms_norm.factor(plain, eps, wide)                                    # [N, 1]
    scratch = torch.empty_like(dh)
    __torch__.rms_norm.backward_weight(dh, plain, r, grad_norm, scratch, wide)
    __torch__.rms_norm.backward(torch.clone(dh), plain, r, norm, d, scratch, wide)
  return d

# The trace of a pass over N tokens whose input is h, still to be filled. Each part of the room for x A^T is of rows without gaps.
def trace(h: Tensor, layer: __torch__.layer.Layer, slot: __torch__.layer.Slot) -> __torch__.layer.Trace:
  N = h.size(0)
  low = slot.low.view([-1])
  lows = annotate(List[Tensor], [])
  at = 0
  for linear in [layer.qkv, layer.out, layer.gate_up, layer.down]:
    R = linear.a.size(0)
    torch.append(lows, low[at:at + N * R].view([N, R]))
    at = at + N * R
  return __torch__.layer.Trace(h, slot.factors[:, 0:1], lows[0], lows[1], slot.factors[:, 1:2], lows[2], lows[3], slot)

# From h, the input [N, C], to h3, which lies in the slot; keeps for the backward pass what it needs.
def forward(h: Tensor, layer: __torch__.layer.Layer, shape: __torch__.layer.Shape, place: __torch__.layer.Place, slot: __torch__.layer.Slot, scratch: __torch__.layer.Scratch) -> __torch__.layer.Trace:
  N = h.size(0)
  H = shape.heads
  K = shape.key_heads
  D = shape.head_width
  t = __torch__.layer.trace(h, layer, slot)
  t.r1.copy_(__torch__.rms_norm.factor(h, shape.eps, scratch.wide))                    # [N, 1]
  x = __torch__.rms_norm.forward(h, t.r1, layer.attention_norm, scratch.x, scratch.wide)  # [N, C]
  __torch__.linear.forward(x, layer.qkv, __torch__.layer.site(place.seed, 0), slot.qkv, t.qkv_low)  # qkv [N, (H + 2 K) D]
  y = slot.qkv.view([N, H + 2 * K, D])                                                 # [N, H + 2 K, D]
  __torch__.layer.norm_heads(y, layer, shape, slot.heads)
  __torch__.rotary.rotate(y[:, 0:H + K], place.cos[layer.rotary], place.sin[layer.rotary], 1.0)
  __torch__.prefix_tuning.put(y, place.positions, layer.trained_prefix)
  __torch__.attention.forward_packed(y, place.prefix, place.groups, layer.look, slot.o.view([N, H, D]), scratch.scores)  # o [N, H D]
  __torch__.layer.join(h, slot.o, layer.out, layer.out_norm, shape.eps, __torch__.layer.site(place.seed, 1), slot.out, slot.h2, t.out_low)  # h2 [N, C]
  t.r2.copy_(__torch__.rms_norm.factor(slot.h2, shape.eps, scratch.wide))              # [N, 1]
  x = __torch__.rms_norm.forward(slot.h2, t.r2, layer.feed_forward_norm, scratch.x, scratch.wide)  # [N, C]
  __torch__.linear.forward(x, layer.gate_up, __torch__.layer.site(place.seed, 2), slot.gu, t.gu_low)  # gu [N, 2 F]
  m = __torch__.feed_forward.gate(slot.gu, shape.gelu, scratch.m, scratch.m)           # [N, F]
  __torch__.layer.join(slot.h2, m, layer.down, layer.down_norm, shape.eps, __torch__.layer.site(place.seed, 3), slot.down, slot.h3, t.down_low)  # h3 [N, C]
  return t

# Computes h2 [N, C] again, and the branch before its norm.
def again_attention_branch(trace: __torch__.layer.Trace, layer: __torch__.layer.Layer, shape: __torch__.layer.Shape, place: __torch__.layer.Place) -> Tensor:
  return __torch__.layer.join(trace.h, trace.slot.o, layer.out, layer.out_norm, shape.eps, __torch__.layer.site(place.seed, 1), trace.slot.out, trace.slot.h2, trace.out_low)

# Computes gate and up, gu [N, 2 F], again from h2.
def again_feed_forward(trace: __torch__.layer.Trace, layer: __torch__.layer.Layer, place: __torch__.layer.Place, scratch: __torch__.layer.Scratch) -> Tensor:
  x = __torch__.rms_norm.forward(trace.slot.h2, trace.r2, layer.feed_forward_norm, scratch.x, scratch.wide)
  return __torch__.linear.forward(x, layer.gate_up, __torch__.layer.site(place.seed, 2), trace.slot.gu, trace.gu_low)

# From dh, the gradient of h3, to the gradient of h, in place; adds the gradients of what is trained on the way.
# Where nothing that is trained lies before the layer, with last, dh stays as it is after attention.
def backward(dh: Tensor, trace: __torch__.layer.Trace, layer: __torch__.layer.Layer, shape: __torch__.layer.Shape, place: __torch__.layer.Place, scratch: __torch__.layer.Scratch, last: bool) -> Tensor:
  N = dh.size(0)
  H = shape.heads
  K = shape.key_heads
  D = shape.head_width
  slot = trace.slot
  seed = place.seed
  grad = layer.grad
  # feed-forward: h3 = h2 + gate(norm(h2) Wgu) Wdown
  m = __torch__.feed_forward.gate(slot.gu, shape.gelu, __torch__.feed_forward.up_half(scratch.dgu), scratch.m)  # [N, F]
  d = __torch__.layer.part(dh, slot.down, layer.down_norm, grad.down_norm, shape.eps)  # [N, C]
  __torch__.linear.backward_weight(d, m, grad.down, grad.down_bias)
  dlow = __torch__.linear.backward_adapter(d, m, trace.down_low, layer.down, __torch__.layer.site(seed, 3))  # [N, R]
  dm = __torch__.linear.backward_input(d, dlow, layer.down, __torch__.layer.site(seed, 3), scratch.m)  # [N, F]
  __torch__.feed_forward.gate_backward(dm, slot.gu, shape.gelu, scratch.dgu)           # [N, 2 F]
  x = __torch__.rms_norm.forward(slot.h2, trace.r2, layer.feed_forward_norm, scratch.x, scratch.wide)  # [N, C]
  __torch__.linear.backward_weight(scratch.dgu, x, grad.gate_up, grad.gate_up_bias)
  dlow = __torch__.linear.backward_adapter(scratch.dgu, x, trace.gu_low, layer.gate_up, __torch__.layer.site(seed, 2))  # [N, R]
  __torch__.linear.backward_input(scratch.dgu, dlow, layer.gate_up, __torch__.layer.site(seed, 2), scratch.dx)  # [N, C]
  __torch__.rms_norm.backward_weight(scratch.dx, slot.h2, trace.r2, grad.feed_forward_norm, scratch.x, scratch.wide)
  __torch__.rms_norm.backward(scratch.dx, slot.h2, trace.r2, layer.feed_forward_norm, dh, scratch.x, scratch.wide)  # dh of h2, [N, C]
  # attention: h2 = h + attention(norm(h)) Wo
  d = __torch__.layer.part(dh, slot.out, layer.out_norm, grad.out_norm, shape.eps)     # [N, C]
  __torch__.linear.backward_weight(d, slot.o, grad.out, grad.out_bias)
  dlow = __torch__.linear.backward_adapter(d, slot.o, trace.out_low, layer.out, __torch__.layer.site(seed, 1))  # [N, R]
  __torch__.linear.backward_input(d, dlow, layer.out, __torch__.layer.site(seed, 1), scratch.do)  # [N, H D]
  dy = scratch.dqkv.view([N, H + 2 * K, D])                                            # [N, H + 2 K, D]
  __torch__.attention.backward_packed(scratch.do.view([N, H, D]), slot.qkv.view([N, H + 2 * K, D]), place.prefix, place.groups, layer.look, dy, scratch.scores, scratch.dscores)
  __torch__.prefix_tuning.backward(dy, place.positions, layer.trained_prefix)
  __torch__.rotary.rotate(dy[:, 0:H + K], place.cos[layer.rotary], place.sin[layer.rotary], -1.0)
  __torch__.layer.norm_heads_backward(dy, slot.heads, layer, shape)
  x = __torch__.rms_norm.forward(trace.h, trace.r1, layer.attention_norm, scratch.x, scratch.wide)  # [N, C]
  __torch__.linear.backward_weight(scratch.dqkv, x, grad.qkv, grad.qkv_bias)
  dlow = __torch__.linear.backward_adapter(scratch.dqkv, x, trace.qkv_low, layer.qkv, __torch__.layer.site(seed, 0))  # [N, R]
  if not last:
    __torch__.linear.backward_input(scratch.dqkv, dlow, layer.qkv, __torch__.layer.site(seed, 0), scratch.dx)  # [N, C]
    __torch__.rms_norm.backward_weight(scratch.dx, trace.h, trace.r1, grad.attention_norm, scratch.x, scratch.wide)
    __torch__.rms_norm.backward(scratch.dx, trace.h, trace.r1, layer.attention_norm, dh, scratch.x, scratch.wide)  # dh of h, [N, C]
  return dh
