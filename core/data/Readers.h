// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "data/Folders.h"

namespace sightline {

// Readers of what is no folder of classes. Each says by names and magic numbers whether it fits, then fills classes,
// samples and problems; openDataset() does the rest. Foreign bytes: sizes are checked before they are believed.

/// CIFAR-10 and CIFAR-100, binary version: data_batch_1.bin ... test_batch.bin with batches.meta.txt, or train.bin and
/// test.bin with fine_label_names.txt (Krizhevsky 2009).
bool looksLikeCifar(const std::filesystem::path& root);
Result<Dataset> readCifar(const std::filesystem::path& root, std::stop_token stop, const Progress& progress);

/// MNIST's IDX files, plain or gzipped: train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-... (LeCun 1998).
bool looksLikeIdx(const std::filesystem::path& root);
Result<Dataset> readIdx(const std::filesystem::path& root, std::stop_token stop, const Progress& progress);

/// A table of images: a .csv or .tsv file, or a folder with one and no class folders. The columns of paths and labels go by
/// their headings, or by which cells are files; a column named split or subset parts train, val and test.
bool looksLikeTable(const std::filesystem::path& root);
Result<Dataset> readTable(const std::filesystem::path& root, std::stop_token stop, const Progress& progress);

/// One folder of images whose names begin with their class: cat.0.jpg, dog_12.png.
bool looksFlat(const std::filesystem::path& root);
Result<Dataset> readFlat(const std::filesystem::path& root, std::stop_token stop, const Progress& progress);

/// Puts samples in order (split, class, path) and checks that a label is there for each.
void sortSamples(Dataset& dataset);

} // namespace sightline
