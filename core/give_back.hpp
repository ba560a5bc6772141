#pragma once

namespace rungs {

/// Empties a container and gives its memory back: clear() keeps it, and so does assigning an empty list.
template <typename Container>
void give_back(Container& container) {
    Container().swap(container);
}

} // namespace rungs
