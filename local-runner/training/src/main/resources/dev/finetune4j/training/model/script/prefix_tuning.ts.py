# Prefix tuning (Li & Liang 2021, https://arxiv.org/abs/2101.00190): in each layer the keys and values of the first v positions of every
# text are trained numbers, and stand in the place of those that the layer makes of the virtual tokens there. What a layer makes of these
# tokens besides is looked at by nobody, so that the gradient of a virtual token ends at its keys and values.
# N tokens, H query heads, K key heads, D head width.

class Prefix(NamedTuple):
  values : Tensor                              # [v, 2 K, D] keys, turned already, and values; [0, 2 K, D] for none
  grad : Tensor                                # the same in float32

# Which of the tokens at positions [N] are virtual ones.
def places(positions: Tensor, v: int) -> Tensor:
  return torch.nonzero(torch.lt(positions, v)).squeeze(1)                              # [n]

# Writes trained keys and values to y [N, H + 2 K, D], where queries and keys are turned.
def put(y: Tensor, positions: Tensor, prefix: __torch__.prefix_tuning.Prefix) -> Tensor:
  v, rows, D = prefix.values.size()
  if v > 0:
    places = __torch__.prefix_tuning.places(positions, v)
    trained = torch.index_select(prefix.values, 0, torch.index_select(positions, 0, places))  # [n, 2 K, D]
    y[:, y.size(1) - rows:y.size(1)].index_copy_(0, places, trained)
  return y

# Adds the gradients of trained keys and values, and takes them off dy [N, H + 2 K, D].
def backward(dy: Tensor, positions: Tensor, prefix: __torch__.prefix_tuning.Prefix) -> Tensor:
  v, rows, D = prefix.grad.size()
  if v > 0:
    places = __torch__.prefix_tuning.places(positions, v)
    d = torch.index_select(dy[:, dy.size(1) - rows:dy.size(1)], 0, places)             # [n, 2 K, D]
    prefix.grad.index_add_(0, torch.index_select(positions, 0, places), torch.to(d, 6))
    dy.index_fill_(0, places, 0.0)
  return dy
